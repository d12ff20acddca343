-- What people prove who they are with, besides a password: passkeys, recovery codes, a proven telephone, and what is being
-- set up. The twin for the other engine differs in types and collations only.

-- A passkey. `sealed` is the credential (public key, policy it was made under, counter), which only the root key opens: a row
-- that was written past the program signs nobody in. `counter` is also a column, so that one statement can hold it.
CREATE TABLE passkeys (
    id              TEXT COLLATE "C" PRIMARY KEY,
    person_id       TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    credential_hash TEXT COLLATE "C" NOT NULL UNIQUE,
    sealed          TEXT NOT NULL,
    name            TEXT NOT NULL,
    counter         BIGINT NOT NULL,
    discoverable    BOOLEAN,
    synced          BOOLEAN NOT NULL,
    created_at      BIGINT NOT NULL,
    used_at         BIGINT,
    suspect_at      BIGINT
);
CREATE INDEX passkeys_person ON passkeys (person_id, id);

-- A challenge to a passkey that waits for its answer: of a sign-in, of a session or of an issue (`owner`). Used once.
CREATE TABLE ceremonies (
    id         TEXT COLLATE "C" PRIMARY KEY,
    owner      TEXT COLLATE "C" NOT NULL,
    person_id  TEXT COLLATE "C",
    purpose    TEXT NOT NULL,
    sealed     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX ceremonies_owner ON ceremonies (owner, id);
CREATE INDEX ceremonies_expiry ON ceremonies (expires_at);

-- Recovery codes, as keyed hashes.
CREATE TABLE recovery_codes (
    person_id  TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    hash       TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    used_at    BIGINT,
    PRIMARY KEY (person_id, hash)
);

-- An authenticator app or a telephone that is being set up, until a code shows that it works. `sealed` is its seed or number.
CREATE TABLE enrolments (
    person_id  TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    kind       TEXT NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    sealed     TEXT NOT NULL,
    generation BIGINT NOT NULL,
    sent_at    BIGINT,
    tries      BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, kind)
);
CREATE INDEX enrolments_expiry ON enrolments (expires_at);
CREATE UNIQUE INDEX enrolments_id ON enrolments (id);

-- When the authenticator app was set up.
ALTER TABLE people ADD COLUMN authenticator_at BIGINT;
