-- The record store's first tables.

-- Modules, roles and what they add up to. catalogue.stamp is a digest of them, by which nodes know that
-- what they keep in memory is old.
CREATE TABLE catalogue (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    stamp TEXT NOT NULL
);
CREATE TABLE modules (
    key TEXT PRIMARY KEY,
    definition JSONB NOT NULL,
    version BIGINT NOT NULL,
    position BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE TABLE roles (
    name TEXT PRIMARY KEY,
    definition JSONB NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Records of all modules. "folded" has the forms that comparing needs beside "fields" (folded texts, multiple choices
-- between bars). Fields marked as indexed get an index on their expression when their module is applied.
CREATE TABLE records (
    id TEXT COLLATE "C" PRIMARY KEY,
    module TEXT NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'deleted', 'erased')),
    fields JSONB NOT NULL,
    folded JSONB NOT NULL,
    title TEXT NOT NULL,
    title_fold TEXT COLLATE "C" NOT NULL,
    relation_id TEXT COLLATE "C",
    internal BOOLEAN NOT NULL,
    restricted BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL
);
CREATE INDEX records_by_time ON records (module, updated_at, id);
CREATE INDEX records_by_title ON records (module, title_fold, id);
CREATE INDEX records_by_relation ON records (relation_id, updated_at, id);

-- Every version of a record, whole, so that an earlier version is judged by the same compiled rules as the present one.
CREATE TABLE record_versions (
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    module TEXT NOT NULL,
    status TEXT NOT NULL,
    fields JSONB NOT NULL,
    folded JSONB NOT NULL,
    relation_id TEXT COLLATE "C",
    internal BOOLEAN NOT NULL,
    restricted BOOLEAN NOT NULL,
    changes JSONB NOT NULL,
    cause JSONB NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE INDEX record_versions_by_relation ON record_versions (relation_id, at, id, version);

-- What follows from a change: read by feeds, webhooks and automations, in order of commit from a later issue on.
CREATE TABLE record_events (
    id TEXT COLLATE "C" PRIMARY KEY,
    record_id TEXT NOT NULL,
    module TEXT NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('created', 'changed', 'deleted')),
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    done_at BIGINT,
    UNIQUE (record_id, version)
);
CREATE INDEX record_events_to_do ON record_events (id) WHERE done_at IS NULL;

-- Answers to requests that may be sent again.
CREATE TABLE crm_idempotency (
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    response JSONB,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX crm_idempotency_by_age ON crm_idempotency (created_at);
