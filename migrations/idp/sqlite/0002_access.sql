-- Who has access to what: relations as far as granting needs them, grants, invitations; and who replicates the access log.
-- The twin for the other engine differs in types and collations only.

-- Digest over the log up to each entry, so that a reader can prove which log it has read; empty before this migration.
ALTER TABLE access_log ADD COLUMN chain TEXT NOT NULL DEFAULT '';
ALTER TABLE access_log_head ADD COLUMN chain TEXT NOT NULL DEFAULT '';

-- What record stores said of their relations. An id belongs to the client that named it first.
CREATE TABLE relations (
    id           TEXT PRIMARY KEY,
    client_id    TEXT NOT NULL REFERENCES clients (id),
    name         TEXT NOT NULL,
    parent       TEXT,
    external_key TEXT,
    active       BOOLEAN NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX relations_key ON relations (client_id, external_key) WHERE external_key IS NOT NULL;
CREATE INDEX relations_external ON relations (external_key) WHERE external_key IS NOT NULL;

-- A person's or group's level on a relation, 1 (participant) to 4 (manager). What was taken away stays, with when.
CREATE TABLE grants (
    id            TEXT PRIMARY KEY,
    relation_id   TEXT NOT NULL REFERENCES relations (id),
    holder_kind   TEXT NOT NULL CHECK (holder_kind IN ('person', 'group')),
    holder_id     TEXT NOT NULL,
    level         BIGINT NOT NULL CHECK (level BETWEEN 1 AND 4),
    starts_at     BIGINT,
    ends_at       BIGINT,
    reason        TEXT,
    granted_by    TEXT,
    granted_at    BIGINT NOT NULL,
    invitation_id TEXT,
    ended_at      BIGINT
);
CREATE UNIQUE INDEX grants_held ON grants (relation_id, holder_kind, holder_id) WHERE ended_at IS NULL;
CREATE INDEX grants_holder ON grants (holder_kind, holder_id) WHERE ended_at IS NULL;

-- Invitations, by the id that whoever asked chose. The link's secret is in no column: it is derived from the job that mails
-- it, and only its hash is here. Who accepted is never rewritten.
CREATE TABLE invitations (
    id          TEXT PRIMARY KEY,
    client_id   TEXT NOT NULL REFERENCES clients (id),
    relation_id TEXT NOT NULL REFERENCES relations (id),
    email       TEXT NOT NULL,
    email_key   TEXT NOT NULL,
    name        TEXT NOT NULL,
    language    TEXT NOT NULL,
    level       BIGINT NOT NULL CHECK (level BETWEEN 1 AND 4),
    ends_at     BIGINT,
    reason      TEXT,
    invited_by  TEXT NOT NULL,
    made_at     BIGINT NOT NULL,
    token_hash  TEXT NOT NULL UNIQUE,
    expires_at  BIGINT NOT NULL,
    accepted_at BIGINT,
    person_id   TEXT REFERENCES people (id),
    grant_id    TEXT,
    revoked_at  BIGINT
);
CREATE INDEX invitations_open ON invitations (relation_id) WHERE accepted_at IS NULL AND revoked_at IS NULL;

-- Who reads the log, and up to where it has said that it has it. One row for each client, whatever its number of nodes.
CREATE TABLE replicas (
    client_id TEXT PRIMARY KEY REFERENCES clients (id),
    epoch     TEXT NOT NULL,
    position  BIGINT NOT NULL,
    seen_at   BIGINT NOT NULL
);
