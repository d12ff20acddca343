-- What other systems say of people and groups: directories by SCIM, providers by signing in. The twin for the other engine differs in types and
-- collations only.

-- What a directory says of a person, beyond what this server goes by; sealed. name_key is a keyed hash of the user name. A
-- person whom a directory deleted stays as a row that can't sign in, and without a name that would be in the way of another.
CREATE TABLE scim_users (
    person_id  TEXT PRIMARY KEY REFERENCES people (id),
    name_key   TEXT UNIQUE,
    document   TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    deleted_at BIGINT
);

-- The identifiers that each client gave; sealed, and as a keyed hash to be found by.
CREATE TABLE scim_names (
    client_id   TEXT NOT NULL REFERENCES clients (id),
    kind        TEXT NOT NULL CHECK (kind IN ('User', 'Group')),
    resource_id TEXT NOT NULL,
    name_key    TEXT NOT NULL,
    sealed      TEXT NOT NULL,
    PRIMARY KEY (client_id, kind, resource_id)
);
CREATE INDEX scim_names_key ON scim_names (client_id, kind, name_key);
CREATE INDEX scim_names_resource ON scim_names (kind, resource_id);

-- Other OpenID providers that people sign in with. terms is JSON; secret, this server's own there, is sealed.
CREATE TABLE upstreams (
    id         TEXT PRIMARY KEY,
    issuer     TEXT NOT NULL UNIQUE,
    terms      TEXT NOT NULL,
    secret     TEXT,
    enabled    BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Who is whom: by issuer and subject, which is a keyed hash here, and sealed for whoever administers.
CREATE TABLE upstream_links (
    upstream_id TEXT NOT NULL REFERENCES upstreams (id),
    subject_key TEXT NOT NULL,
    subject     TEXT NOT NULL,
    person_id   TEXT NOT NULL REFERENCES people (id),
    linked_at   BIGINT NOT NULL,
    used_at     BIGINT,
    PRIMARY KEY (upstream_id, subject_key)
);
CREATE UNIQUE INDEX upstream_links_person ON upstream_links (person_id, upstream_id);

-- Groups that someone is in because his provider says so, and will be no longer when it says so no more.
CREATE TABLE upstream_groups (
    upstream_id TEXT NOT NULL REFERENCES upstreams (id),
    person_id   TEXT NOT NULL REFERENCES people (id),
    group_id    TEXT NOT NULL,
    PRIMARY KEY (upstream_id, person_id, group_id)
);

-- Ways to another provider that were begun, each for one browser; person_id for someone who links himself. What the answer
-- must bring is derived from the state, of which only a hash is here.
CREATE TABLE upstream_requests (
    state_hash  TEXT PRIMARY KEY,
    upstream_id TEXT NOT NULL REFERENCES upstreams (id),
    browser     TEXT NOT NULL,
    person_id   TEXT REFERENCES people (id),
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT
);
CREATE INDEX upstream_requests_expiry ON upstream_requests (expires_at);
