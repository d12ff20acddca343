-- The provider's first tables. Times are milliseconds since 1970 (UTC); ids are text. The twin for the other engine
-- differs in types and collations only.

CREATE TABLE instance (
    only_row SMALLINT PRIMARY KEY CHECK (only_row = 1),
    id TEXT NOT NULL,
    root_check TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    alg TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    email_proven_at BIGINT,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    phone TEXT,
    staff BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    password TEXT,
    authenticator TEXT,
    authenticator_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE groups (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE group_members (
    group_id TEXT NOT NULL REFERENCES groups (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    PRIMARY KEY (group_id, person_id)
);

CREATE TABLE role_assignments (
    holder_kind TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (holder_kind, holder_id, role)
);

CREATE TABLE clients (
    id TEXT PRIMARY KEY,
    metadata TEXT NOT NULL,
    secret_hash TEXT,
    enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE assertions_seen (
    client_id TEXT NOT NULL,
    jti_hash TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, jti_hash)
);
CREATE INDEX assertions_seen_expiry ON assertions_seen (expires_at);

CREATE TABLE signins (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    request TEXT,
    person_id TEXT,
    password_at BIGINT,
    code_at BIGINT,
    code_method TEXT,
    generation BIGINT NOT NULL,
    sends BIGINT NOT NULL,
    sent_at BIGINT,
    tries BIGINT NOT NULL,
    finished_at BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX signins_expiry ON signins (expires_at);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES people (id),
    acr TEXT NOT NULL,
    amr TEXT NOT NULL,
    auth_at BIGINT NOT NULL,
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE issues (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES clients (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    session_id TEXT NOT NULL REFERENCES sessions (id),
    scope TEXT NOT NULL,
    resource TEXT NOT NULL,
    nonce TEXT,
    offline BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX issues_session ON issues (session_id);
CREATE INDEX issues_person ON issues (person_id);

CREATE TABLE auth_codes (
    hash TEXT PRIMARY KEY,
    issue_id TEXT NOT NULL REFERENCES issues (id),
    redirect_uri TEXT NOT NULL,
    challenge TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX auth_codes_expiry ON auth_codes (expires_at);

CREATE TABLE refresh_tokens (
    hash TEXT PRIMARY KEY,
    issue_id TEXT NOT NULL REFERENCES issues (id),
    seed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    successor TEXT
);
CREATE INDEX refresh_tokens_issue ON refresh_tokens (issue_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

CREATE TABLE attempts (
    bucket TEXT PRIMARY KEY,
    started_at BIGINT NOT NULL,
    count BIGINT NOT NULL
);
CREATE INDEX attempts_age ON attempts (started_at);

CREATE TABLE links (
    hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX links_person ON links (person_id);

CREATE TABLE access_log_head (
    only_row SMALLINT PRIMARY KEY CHECK (only_row = 1),
    epoch TEXT NOT NULL,
    position BIGINT NOT NULL
);

CREATE TABLE access_log (
    position BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    entry TEXT NOT NULL
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

-- One asked-for confirmation of a pending change of a record store. The code is in no column: it is derived from id and
-- generation. `message` (address and texts) goes after a set time, `recipient` (masked address and salt) when it is erased.
CREATE TABLE challenges (
    id               TEXT COLLATE "C" PRIMARY KEY,
    client_id        TEXT NOT NULL REFERENCES clients (id),
    pending          TEXT NOT NULL,
    rule_key         TEXT COLLATE "C" NOT NULL,
    rule_version     BIGINT NOT NULL,
    body_hash        TEXT NOT NULL,
    message_hash     TEXT NOT NULL,
    actor_id         TEXT NOT NULL REFERENCES people (id),
    issue_id         TEXT NOT NULL REFERENCES issues (id),
    module           TEXT NOT NULL,
    record_id        TEXT NOT NULL,
    changes          TEXT NOT NULL,
    digest           TEXT NOT NULL,
    channel          TEXT NOT NULL,
    language         TEXT NOT NULL,
    message          TEXT,
    recipient        TEXT,
    recipient_digest TEXT NOT NULL,
    terms            TEXT NOT NULL,
    phase            TEXT NOT NULL,
    generation       BIGINT NOT NULL,
    attempts         BIGINT NOT NULL,
    attempts_since   BIGINT NOT NULL,
    resends          BIGINT NOT NULL,
    resends_since    BIGINT NOT NULL,
    sends            BIGINT NOT NULL,
    asked_at         BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    sent_at          BIGINT,
    delivery         TEXT NOT NULL,
    confirmed_at     BIGINT,
    receipt_id       TEXT,
    void_reason      TEXT,
    created_at       BIGINT NOT NULL,
    UNIQUE (client_id, pending, rule_key)
);
CREATE INDEX challenges_message_age ON challenges (created_at) WHERE message IS NOT NULL;

-- What each attempt was answered; a repeated one is answered the same. The code that came with it is not here.
CREATE TABLE challenge_attempts (
    challenge_id  TEXT NOT NULL REFERENCES challenges (id),
    attempt_id    TEXT NOT NULL,
    outcome       TEXT NOT NULL,
    attempts_left BIGINT NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (challenge_id, attempt_id)
);

-- Wrong codes per record, rule and person, which nothing resets.
CREATE TABLE challenge_lifetimes (
    bucket TEXT PRIMARY KEY,
    count  BIGINT NOT NULL
);

-- Receipts, one chain per record. Published for as long as the installation exists; never deleted.
CREATE TABLE receipts (
    id         TEXT COLLATE "C" PRIMARY KEY,
    client_id  TEXT NOT NULL REFERENCES clients (id),
    pending    TEXT NOT NULL,
    module     TEXT NOT NULL,
    record_id  TEXT NOT NULL,
    sequence   BIGINT NOT NULL,
    hash       TEXT NOT NULL UNIQUE,
    jwt        TEXT NOT NULL,
    digest     TEXT NOT NULL,
    issued_at  BIGINT NOT NULL,
    checkpoint BIGINT,
    UNIQUE (client_id, pending),
    UNIQUE (client_id, module, record_id, sequence)
);
CREATE INDEX receipts_uncovered ON receipts (issued_at, id) WHERE checkpoint IS NULL;
CREATE INDEX receipts_covered ON receipts (checkpoint, issued_at, id) WHERE checkpoint IS NOT NULL;

CREATE TABLE checkpoints (
    number BIGINT PRIMARY KEY,
    token  TEXT NOT NULL,
    hash   TEXT NOT NULL,
    at     BIGINT NOT NULL
);
