-- What each factor of a sign-in proved, and what stands behind a session. The twin for the other engine differs in types
-- and collations only.

-- One row for each factor that was shown; `whole` is the strength that it proves by itself, if it is more than one factor.
CREATE TABLE signin_results (
    signin_id TEXT NOT NULL REFERENCES signins (id) ON DELETE CASCADE,
    factor    TEXT NOT NULL,
    at        BIGINT NOT NULL,
    whole     TEXT,
    PRIMARY KEY (signin_id, factor)
);
INSERT INTO signin_results (signin_id, factor, at) SELECT id, 'password', password_at FROM signins WHERE password_at IS NOT NULL;

-- `password_at` and `code_at` are written no more. Which way the code went that counts now.
ALTER TABLE signins ADD COLUMN sent_by TEXT;
-- The session that this makes stronger, what is asked of it at least, and the page to come back to.
ALTER TABLE signins ADD COLUMN session_id TEXT;
ALTER TABLE signins ADD COLUMN least TEXT;
ALTER TABLE signins ADD COLUMN goal TEXT;
UPDATE signins SET sent_by = 'mail' WHERE generation > 0;

-- The same of a session: what it was begun with, and what it was made stronger by.
CREATE TABLE session_results (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    factor     TEXT NOT NULL,
    at         BIGINT NOT NULL,
    whole      TEXT,
    PRIMARY KEY (session_id, factor)
);
INSERT INTO session_results (session_id, factor, at) SELECT id, 'password', auth_at FROM sessions;
INSERT INTO session_results (session_id, factor, at)
SELECT id, CASE acr WHEN 'urn:zegel:acr:password-app' THEN 'authenticator' ELSE 'mail' END, auth_at FROM sessions;

-- When a factor was last shown in it.
ALTER TABLE sessions ADD COLUMN fresh_at BIGINT NOT NULL DEFAULT 0;
UPDATE sessions SET fresh_at = auth_at;

-- When a code that was sent to the phone number came back.
ALTER TABLE people ADD COLUMN phone_proven_at BIGINT;
