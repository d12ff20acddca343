-- What OAuth's extensions need: pushed requests, keys that tokens are bound to, opaque tokens, device codes, exchanged tokens.
-- The twin for the other engine differs in types and collations only.

-- Requests that applications sent beforehand (RFC 9126). `params` is sealed: a login hint may be in it.
CREATE TABLE pushed_requests (
    hash       TEXT PRIMARY KEY,
    client_id  TEXT NOT NULL REFERENCES clients (id),
    params     TEXT NOT NULL,
    jkt        TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX pushed_requests_expiry ON pushed_requests (expires_at);

-- Names of DPoP proofs, each of which counts once (RFC 9449, section 11.1).
CREATE TABLE proofs_seen (
    hash       TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX proofs_seen_expiry ON proofs_seen (expires_at);

-- The key that a code or a public application's refresh token is bound to.
ALTER TABLE auth_codes ADD COLUMN jkt TEXT;
ALTER TABLE refresh_tokens ADD COLUMN binding TEXT;

-- What else was granted (RFC 9396).
ALTER TABLE issues ADD COLUMN details TEXT;

-- Access tokens that say nothing by themselves. `claims` is what they stand for, sealed.
CREATE TABLE opaque_tokens (
    hash       TEXT PRIMARY KEY,
    client_id  TEXT NOT NULL REFERENCES clients (id),
    claims     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX opaque_tokens_expiry ON opaque_tokens (expires_at);

-- Devices that wait for someone to allow them at another one (RFC 8628). Neither code is in a column.
CREATE TABLE device_codes (
    id          TEXT PRIMARY KEY,
    device_hash TEXT NOT NULL UNIQUE,
    user_hash   TEXT NOT NULL UNIQUE,
    client_id   TEXT NOT NULL REFERENCES clients (id),
    scope       TEXT NOT NULL,
    resource    TEXT NOT NULL,
    details     TEXT,
    ip          TEXT NOT NULL,
    user_agent  TEXT NOT NULL,
    pause       BIGINT NOT NULL,
    polled_at   BIGINT,
    issue_id    TEXT REFERENCES issues (id),
    decided_at  BIGINT,
    used_at     BIGINT,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
CREATE INDEX device_codes_expiry ON device_codes (expires_at);
CREATE INDEX device_codes_issue ON device_codes (issue_id);
