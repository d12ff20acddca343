-- What keeps tables small and holds counts and passwords to what they are. The twin for the other engine differs in types
-- and collations only.

-- Which hash a password's present one replaced when only its cost changed (a keyed hash of it).
ALTER TABLE people ADD COLUMN password_origin TEXT;

-- Where wrong codes of a challenge are counted for ever.
ALTER TABLE challenges ADD COLUMN lifetime TEXT;

-- What sweeping looks for.
CREATE INDEX issues_age ON issues (created_at);
CREATE INDEX auth_codes_issue ON auth_codes (issue_id);
CREATE INDEX challenges_issue ON challenges (issue_id);
CREATE INDEX links_expiry ON links (expires_at);
CREATE INDEX challenge_attempts_age ON challenge_attempts (at);
