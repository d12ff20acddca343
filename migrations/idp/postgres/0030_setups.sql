-- What someone is led through to set up how he signs in, by the session that it is for. The twin for the other engine differs in
-- types and collations only.

CREATE TABLE setups (
    session_id TEXT COLLATE "C" PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    -- How it began: by a password that was chosen, or by a sign-in that was not enough.
    began      TEXT NOT NULL,
    -- The application's request that goes on when it is done, as JSON; or the address that does.
    request    TEXT,
    onward     TEXT,
    -- What its owner has put off: names of steps, separated by spaces.
    put_off    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX setups_expiry ON setups (expires_at);
