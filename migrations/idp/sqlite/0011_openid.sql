-- OpenID Connect beyond signing in: people's standard claims, what they allowed applications, registration by applications
-- themselves. The twin for the other engine differs in types and collations only.

-- Standard claims that people have beyond name, address and phone (OpenID Connect Core, section 5.1), sealed as a whole.
CREATE TABLE person_profiles (
    person_id  TEXT PRIMARY KEY REFERENCES people (id),
    sealed     TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- What a person has allowed an application, and is not asked again.
CREATE TABLE consents (
    person_id TEXT NOT NULL REFERENCES people (id),
    client_id TEXT NOT NULL REFERENCES clients (id),
    scope     TEXT NOT NULL,
    claims    TEXT NOT NULL,
    resource  TEXT NOT NULL,
    details   TEXT NOT NULL DEFAULT '',
    given_at  BIGINT NOT NULL,
    PRIMARY KEY (person_id, client_id)
);

-- Checked requests that wait for a person's word, in the session that it is asked in.
CREATE TABLE consent_requests (
    token_hash TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    request    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX consent_requests_expiry ON consent_requests (expires_at);
CREATE INDEX consent_requests_session ON consent_requests (session_id);

-- The claims parameter of the request that something was issued for.
ALTER TABLE issues ADD COLUMN claims TEXT;

-- Who may register applications without an administrator's hand each time (RFC 7591, section 3: initial access tokens).
CREATE TABLE registration_tokens (
    id         TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    note       TEXT NOT NULL,
    made_by    TEXT,
    made_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    uses_left  BIGINT NOT NULL,
    revoked_at BIGINT
);

-- Of an application that registered itself: the keyed hash of the token that it manages itself with (RFC 7592), and by which
-- initial access token it came.
ALTER TABLE clients ADD COLUMN registration_hash TEXT;
ALTER TABLE clients ADD COLUMN registered_by TEXT;

-- Id and name in small letters, for looking applications up.
ALTER TABLE clients ADD COLUMN search TEXT NOT NULL DEFAULT '';

-- Logos, fetched once from where they are registered and served from here: pages load nothing from elsewhere.
CREATE TABLE client_logos (
    client_id  TEXT PRIMARY KEY REFERENCES clients (id),
    uri        TEXT NOT NULL,
    kind       TEXT NOT NULL,
    bytes      TEXT NOT NULL,
    digest     TEXT NOT NULL,
    fetched_at BIGINT NOT NULL
);
