-- Questions that applications ask people on their own devices (OpenID Connect CIBA). The twin for the other engine differs in
-- types and collations only. What an application asks with is derived from the id, and kept as a hash only; `message` and
-- `notify` are sealed. Without a person the question was for nobody that is known here, and expires.
CREATE TABLE backchannel_requests (
    id         TEXT PRIMARY KEY,
    hash       TEXT NOT NULL UNIQUE,
    client_id  TEXT NOT NULL REFERENCES clients (id),
    person_id  TEXT REFERENCES people (id),
    scope      TEXT NOT NULL,
    resource   TEXT NOT NULL,
    details    TEXT,
    acr        TEXT NOT NULL,
    message    TEXT,
    notify     TEXT,
    pause      BIGINT NOT NULL,
    polled_at  BIGINT,
    issue_id   TEXT REFERENCES issues (id),
    decided_at BIGINT,
    used_at    BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX backchannel_requests_expiry ON backchannel_requests (expires_at);
CREATE INDEX backchannel_requests_issue ON backchannel_requests (issue_id);
CREATE INDEX backchannel_requests_person ON backchannel_requests (person_id, expires_at);
