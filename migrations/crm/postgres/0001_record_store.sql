-- The record store's first tables.

-- What is to happen outside the database, written in the transaction that is its cause; kernel/outbox.
CREATE TABLE outbox (
    id           TEXT COLLATE "C" PRIMARY KEY,
    kind         TEXT NOT NULL,
    cause        TEXT NOT NULL,
    payload      JSONB NOT NULL,
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
    only_row SMALLINT PRIMARY KEY CHECK (only_row = 1),
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
