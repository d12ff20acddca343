-- Who may use which application, and what stands on the start page. Twin of the other engine's.

-- Whether only those of application_access may use it; everyone who may sign in otherwise.
ALTER TABLE clients ADD COLUMN limited BOOLEAN NOT NULL DEFAULT FALSE;

-- Who may use a limited application: holder_kind is person, group, role or relation (whoever holds a grant on it).
CREATE TABLE application_access (
    client_id TEXT NOT NULL REFERENCES clients (id),
    holder_kind TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    PRIMARY KEY (client_id, holder_kind, holder_id)
);
CREATE INDEX application_access_holder ON application_access (holder_kind, holder_id);

-- The same by person: the one place that says whom a holder stands for. A row counts from starts_at until ends_at.
CREATE VIEW application_users AS
SELECT a.client_id, a.holder_id AS person_id, CAST(NULL AS BIGINT) AS starts_at, CAST(NULL AS BIGINT) AS ends_at
FROM application_access a WHERE a.holder_kind = 'person'
UNION ALL
SELECT a.client_id, m.person_id, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT)
FROM application_access a JOIN group_members m ON m.group_id = a.holder_id WHERE a.holder_kind = 'group'
UNION ALL
SELECT a.client_id, r.holder_id, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT)
FROM application_access a JOIN role_assignments r ON r.role = a.holder_id AND r.holder_kind = 'person'
WHERE a.holder_kind = 'role'
UNION ALL
SELECT a.client_id, m.person_id, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT)
FROM application_access a JOIN role_assignments r ON r.role = a.holder_id AND r.holder_kind = 'group'
JOIN group_members m ON m.group_id = r.holder_id
WHERE a.holder_kind = 'role';

CREATE INDEX role_assignments_role ON role_assignments (role, holder_kind, holder_id);
CREATE INDEX issues_offline ON issues (client_id) WHERE offline AND revoked_at IS NULL;
