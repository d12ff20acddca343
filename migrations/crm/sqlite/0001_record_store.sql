-- The record store's first tables.

-- What is to happen outside the database, written in the transaction that is its cause; kernel/outbox.
CREATE TABLE outbox (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    cause        TEXT NOT NULL,
    payload      TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    attempts     BIGINT NOT NULL DEFAULT 0,
    leased_until BIGINT,
    lease_owner  TEXT,
    last_error   TEXT,
    done_at      BIGINT,
    dead_at      BIGINT
);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE done_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL;

CREATE TABLE instance (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    id TEXT NOT NULL,
    root_check TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT,
    client_id TEXT,
    action TEXT NOT NULL,
    target TEXT,
    outcome TEXT NOT NULL,
    ip TEXT,
    request_id TEXT,
    detail TEXT NOT NULL
);
CREATE INDEX audit_time ON audit (at);

-- The record store as an OpenID client: its keys, sign-ins under way, sessions of its pages; crm/auth.
CREATE TABLE client_keys (
    kid TEXT PRIMARY KEY,
    alg TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);

CREATE TABLE web_logins (
    state_hash TEXT PRIMARY KEY,
    browser_hash TEXT NOT NULL,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    goal TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX web_logins_expiry ON web_logins (expires_at);

CREATE TABLE web_sessions (
    hash TEXT PRIMARY KEY,
    sub TEXT NOT NULL,
    sid TEXT NOT NULL,
    access_token TEXT NOT NULL,
    refresh_token TEXT,
    id_token TEXT NOT NULL,
    access_expires_at BIGINT NOT NULL,
    renew_at BIGINT NOT NULL,
    lease_until BIGINT,
    lease_owner TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX web_sessions_sid ON web_sessions (sid);
CREATE INDEX web_sessions_sub ON web_sessions (sub);
CREATE INDEX web_sessions_expiry ON web_sessions (expires_at);

CREATE TABLE logout_tokens_seen (
    jti_hash TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX logout_tokens_seen_expiry ON logout_tokens_seen (expires_at);

-- What the provider's access log says, as of a position; crm/replica. Nothing else decides who may do what.
CREATE TABLE replica_cursor (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    epoch TEXT NOT NULL,
    position BIGINT NOT NULL,
    applied_at BIGINT NOT NULL
);

CREATE TABLE replica_people (
    sub TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    staff BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL
);

CREATE TABLE replica_groups (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE replica_members (
    sub TEXT NOT NULL,
    group_id TEXT NOT NULL,
    PRIMARY KEY (sub, group_id)
);

CREATE TABLE replica_roles (
    holder_kind TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (holder_kind, holder_id, role)
);

CREATE TABLE replica_ended_sessions (
    sid TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);

CREATE TABLE replica_revoked_issues (
    issue TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);

CREATE TABLE replica_clients (
    client_id TEXT PRIMARY KEY,
    enabled BOOLEAN NOT NULL
);
