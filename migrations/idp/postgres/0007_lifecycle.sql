-- People from their invitation to their end: devices, notices, changes of address, recoveries. The twin for the other engine
-- differs in types and collations only.

-- The zone that a person's times are written in, by its IANA name; none is the organisation's.
ALTER TABLE people ADD COLUMN zone TEXT;
-- When everything personal about someone was removed. The row stays, since what happened names it.
ALTER TABLE people ADD COLUMN erased_at BIGINT;

-- Browsers that someone has signed in with before, by a cookie of which only a keyed hash is here.
CREATE TABLE devices (
    id         TEXT COLLATE "C" PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES people (id),
    token_hash TEXT COLLATE "C" NOT NULL,
    browser    TEXT NOT NULL,
    ip         TEXT NOT NULL,
    first_at   BIGINT NOT NULL,
    last_at    BIGINT NOT NULL,
    UNIQUE (person_id, token_hash)
);
CREATE INDEX devices_age ON devices (last_at);

-- What people were told about their account, with a link that says "this wasn't me". `sealed` is what is needed to undo it.
CREATE TABLE notices (
    id         TEXT COLLATE "C" PRIMARY KEY,
    hash       TEXT COLLATE "C" NOT NULL UNIQUE,
    person_id  TEXT NOT NULL REFERENCES people (id),
    what       TEXT NOT NULL,
    sealed     TEXT NOT NULL,
    made_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX notices_person ON notices (person_id);
CREATE INDEX notices_expiry ON notices (expires_at);

-- A new address that waits for proof of both: each link is here as a keyed hash, the address sealed.
CREATE TABLE address_changes (
    id         TEXT COLLATE "C" PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES people (id),
    sealed     TEXT NOT NULL,
    asked_by   TEXT,
    asked_at   BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    old_hash   TEXT COLLATE "C" UNIQUE,
    new_hash   TEXT COLLATE "C" NOT NULL UNIQUE,
    old_at     BIGINT,
    new_at     BIGINT,
    done_at    BIGINT,
    void_at    BIGINT
);
CREATE INDEX address_changes_person ON address_changes (person_id);
CREATE INDEX address_changes_expiry ON address_changes (expires_at);

-- Ways back to an account. `proven_by` is what was shown beside the mailed link, `decided_by` the administrator who decided.
CREATE TABLE recoveries (
    id         TEXT COLLATE "C" PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES people (id),
    hash       TEXT COLLATE "C" UNIQUE,
    scope      TEXT NOT NULL CHECK (scope IN ('password', 'factors')),
    asked_by   TEXT,
    reason     TEXT,
    asked_at   BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    waits_at   BIGINT,
    sends      BIGINT NOT NULL,
    sent_at    BIGINT,
    tries      BIGINT NOT NULL,
    proven_by  TEXT,
    proven_at  BIGINT,
    decided_by TEXT,
    decided_at BIGINT,
    refused    BOOLEAN NOT NULL,
    used_at    BIGINT
);
CREATE INDEX recoveries_person ON recoveries (person_id);
CREATE INDEX recoveries_waiting ON recoveries (waits_at) WHERE waits_at IS NOT NULL AND decided_at IS NULL;
CREATE INDEX recoveries_expiry ON recoveries (expires_at);

-- Invitations to become a person here, and registrations that wait for proof of their address. Who is meant is sealed.
CREATE TABLE welcomes (
    id          TEXT COLLATE "C" PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('invitation', 'registration')),
    email_hash  TEXT COLLATE "C" NOT NULL,
    sealed      TEXT NOT NULL,
    staff       BOOLEAN NOT NULL,
    groups      TEXT NOT NULL,
    roles       TEXT NOT NULL,
    invited_by  TEXT,
    made_at     BIGINT NOT NULL,
    hash        TEXT COLLATE "C" NOT NULL UNIQUE,
    expires_at  BIGINT NOT NULL,
    accepted_at BIGINT,
    person_id   TEXT REFERENCES people (id),
    revoked_at  BIGINT
);
CREATE INDEX welcomes_email ON welcomes (email_hash);
CREATE INDEX welcomes_expiry ON welcomes (expires_at);

-- What sweeping looks for.
CREATE INDEX invitations_expiry ON invitations (expires_at) WHERE accepted_at IS NULL;
