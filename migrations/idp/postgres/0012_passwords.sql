-- How passwords are kept, beside them: kinds are counted without opening a hash. The twin for the other engine differs in
-- types and collations only.

ALTER TABLE people ADD COLUMN password_scheme TEXT COLLATE "C";
CREATE INDEX people_password_scheme ON people (password_scheme);
