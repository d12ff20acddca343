-- How passwords are kept, and the life of signing keys. The twin for the other engine differs in types and collations only.

-- Beside each hash how it was made: kinds are counted without opening one.
ALTER TABLE people ADD COLUMN password_scheme TEXT COLLATE "C";
CREATE INDEX people_password_scheme ON people (password_scheme);

-- A key is published from its row's first day, signs from active_at to retired_at, and counts for a while after that, unless
-- it was withdrawn.
ALTER TABLE signing_keys ADD COLUMN active_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE signing_keys ADD COLUMN withdrawn_at BIGINT;

-- Goes up with every change of a key, so that a request's look-up tells it.
ALTER TABLE access_log_head ADD COLUMN keys_revision BIGINT NOT NULL DEFAULT 0;
