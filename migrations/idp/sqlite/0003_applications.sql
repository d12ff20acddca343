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

-- Who is linked to a relation, himself or by a group. A row counts from starts_at until ends_at.
CREATE VIEW relation_people AS
SELECT g.relation_id, g.holder_id AS person_id, g.starts_at, g.ends_at
FROM grants g JOIN relations r ON r.id = g.relation_id
WHERE g.ended_at IS NULL AND r.active AND g.holder_kind = 'person'
UNION ALL
SELECT g.relation_id, m.person_id, g.starts_at, g.ends_at
FROM grants g JOIN relations r ON r.id = g.relation_id JOIN group_members m ON m.group_id = g.holder_id
WHERE g.ended_at IS NULL AND r.active AND g.holder_kind = 'group';

-- Who may use a limited application, by person: the one place that says whom a holder stands for. A row counts from starts_at until ends_at.
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
WHERE a.holder_kind = 'role'
UNION ALL
SELECT a.client_id, p.person_id, p.starts_at, p.ends_at
FROM application_access a JOIN relation_people p ON p.relation_id = a.holder_id WHERE a.holder_kind = 'relation';

CREATE INDEX role_assignments_role ON role_assignments (role, holder_kind, holder_id);
CREATE INDEX issues_offline ON issues (client_id) WHERE offline AND revoked_at IS NULL;

-- Links to outside web applications and sites. title and description are JSON: one text, or one for each language.
CREATE TABLE web_links (
    id            TEXT PRIMARY KEY,
    title         TEXT NOT NULL,
    address       TEXT NOT NULL,
    description   TEXT,
    audience_kind TEXT NOT NULL CHECK (audience_kind IN ('everyone', 'group', 'relation', 'person')),
    audience_id   TEXT NOT NULL,
    active        BOOLEAN NOT NULL,
    made_by       TEXT,
    made_at       BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);
CREATE INDEX web_links_audience ON web_links (audience_kind, audience_id);

-- What a person has put first on the start page: `app:<client id>` or `link:<id>`.
CREATE TABLE favourites (
    person_id TEXT NOT NULL REFERENCES people (id),
    tile      TEXT NOT NULL,
    made_at   BIGINT NOT NULL,
    PRIMARY KEY (person_id, tile)
);
