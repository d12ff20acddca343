-- What the provider was told of each relation: the version, and in which epoch of its access log. crm/access.
CREATE TABLE relation_pushes (
    record_id TEXT COLLATE "C" PRIMARY KEY,
    version BIGINT NOT NULL,
    epoch TEXT NOT NULL,
    pushed_at BIGINT NOT NULL
);

-- The person's token for the provider's own API, sealed like the others, while it can be used.
ALTER TABLE web_sessions ADD COLUMN provider_token TEXT;
ALTER TABLE web_sessions ADD COLUMN provider_until BIGINT;
