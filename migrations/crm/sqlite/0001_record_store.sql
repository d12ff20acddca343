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

-- What the provider's access log says, as of a position; crm/replica. Nothing else decides who may do what. Each row is of
-- a generation: a rebuild fills the next one beside the one in use and takes its place at once.
CREATE TABLE replica_cursor (
    generation BIGINT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('current', 'filling', 'old')),
    epoch TEXT NOT NULL,
    position BIGINT NOT NULL,
    chain TEXT NOT NULL,
    refused BOOLEAN NOT NULL,
    applied_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX replica_cursor_current ON replica_cursor (state) WHERE state = 'current';
CREATE UNIQUE INDEX replica_cursor_filling ON replica_cursor (state) WHERE state = 'filling';

CREATE TABLE replica_people (
    generation BIGINT NOT NULL,
    sub TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    staff BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    PRIMARY KEY (generation, sub)
);

CREATE TABLE replica_groups (
    generation BIGINT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (generation, id)
);

CREATE TABLE replica_members (
    generation BIGINT NOT NULL,
    sub TEXT NOT NULL,
    group_id TEXT NOT NULL,
    PRIMARY KEY (generation, sub, group_id)
);

CREATE TABLE replica_roles (
    generation BIGINT NOT NULL,
    holder_kind TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (generation, holder_kind, holder_id, role)
);

CREATE TABLE replica_ended_sessions (
    generation BIGINT NOT NULL,
    sid TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (generation, sid)
);

CREATE TABLE replica_revoked_issues (
    generation BIGINT NOT NULL,
    issue TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (generation, issue)
);

CREATE TABLE replica_clients (
    generation BIGINT NOT NULL,
    client_id TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    PRIMARY KEY (generation, client_id)
);
-- Modules, roles and what they add up to. catalogue.stamp is a digest of them, by which nodes know that
-- what they keep in memory is old.
CREATE TABLE catalogue (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    stamp TEXT NOT NULL
);
CREATE TABLE modules (
    key TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    version BIGINT NOT NULL,
    position BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE TABLE roles (
    name TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Records of all modules. "folded" has the forms that comparing needs beside "fields" (folded texts, multiple choices
-- between bars). Fields marked as indexed get an index on their expression when their module is applied.
CREATE TABLE records (
    id TEXT PRIMARY KEY,
    module TEXT NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'deleted', 'erased')),
    fields TEXT NOT NULL,
    folded TEXT NOT NULL,
    title TEXT NOT NULL,
    title_fold TEXT NOT NULL,
    relation_id TEXT,
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
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    module TEXT NOT NULL,
    status TEXT NOT NULL,
    fields TEXT NOT NULL,
    folded TEXT NOT NULL,
    relation_id TEXT,
    internal BOOLEAN NOT NULL,
    restricted BOOLEAN NOT NULL,
    changes TEXT NOT NULL,
    cause TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE INDEX record_versions_by_relation ON record_versions (relation_id, at, id, version);

-- Answers to requests that may be sent again.
CREATE TABLE crm_idempotency (
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    response TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX crm_idempotency_by_age ON crm_idempotency (created_at);

-- When a change needs a code. A version is never changed; the one in force has no superseded_at; crm/code_rules.
CREATE TABLE code_rules (
    key TEXT NOT NULL,
    version BIGINT NOT NULL,
    module TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    definition TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    superseded_at BIGINT,
    PRIMARY KEY (key, version)
);
CREATE UNIQUE INDEX code_rules_current ON code_rules (key) WHERE superseded_at IS NULL;
CREATE INDEX code_rules_by_module ON code_rules (module) WHERE superseded_at IS NULL;

-- Changes that wait for a code, and what became of them; crm/pending. What identifies people (change, request) is taken
-- out when it is over; the disclosures stay with the receipt.
CREATE TABLE pending_changes (
    id TEXT PRIMARY KEY,
    module TEXT NOT NULL,
    record_id TEXT NOT NULL,
    base_version BIGINT NOT NULL,
    is_new BOOLEAN NOT NULL,
    content TEXT,
    same TEXT NOT NULL,
    digest TEXT NOT NULL,
    disclosures TEXT,
    actor TEXT NOT NULL,
    actor_client TEXT NOT NULL,
    actor_sid TEXT NOT NULL,
    actor_issue TEXT NOT NULL,
    actor_acr TEXT NOT NULL,
    idempotency_key TEXT,
    request_hash TEXT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'confirmed', 'applied', 'void')),
    reason TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    ended_at BIGINT,
    applied_version BIGINT,
    reported_at BIGINT
);
CREATE UNIQUE INDEX pending_changes_idempotency ON pending_changes (actor, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX pending_changes_by_record ON pending_changes (record_id, created_at);
CREATE INDEX pending_changes_open ON pending_changes (expires_at) WHERE state IN ('waiting', 'confirmed');
CREATE INDEX pending_changes_by_actor ON pending_changes (actor, created_at) WHERE state IN ('waiting', 'confirmed');

CREATE TABLE pending_challenges (
    pending_id TEXT NOT NULL,
    rule TEXT NOT NULL,
    rule_version BIGINT NOT NULL,
    record_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    request TEXT,
    address TEXT,
    masked TEXT NOT NULL,
    recipient_module TEXT,
    recipient_id TEXT,
    challenge_id TEXT UNIQUE,
    standing TEXT,
    confirmation TEXT,
    asking_until BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pending_id, rule)
);
CREATE INDEX pending_challenges_by_record ON pending_challenges (record_id, rule, actor);
CREATE INDEX pending_challenges_asking ON pending_challenges (asking_until) WHERE asking_until IS NOT NULL;

-- The seals of records: each receipt with the values that it discloses.
CREATE TABLE receipts (
    id TEXT PRIMARY KEY,
    pending_id TEXT NOT NULL UNIQUE,
    module TEXT NOT NULL,
    record_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL,
    sd_jwt TEXT NOT NULL,
    url TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    confirmed_by TEXT NOT NULL,
    channel TEXT NOT NULL,
    UNIQUE (record_id, sequence)
);
CREATE INDEX receipts_by_version ON receipts (record_id, version);
CREATE INDEX receipts_by_time ON receipts (confirmed_at);
