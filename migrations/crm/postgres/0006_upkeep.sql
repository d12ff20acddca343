-- What keeps pending changes moving and their counts honest. The twin for the other engine differs in types and collations
-- only.

-- How often the sweeper took a change up, and when it does again.
ALTER TABLE pending_changes ADD COLUMN taken_up BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pending_changes ADD COLUMN next_look BIGINT NOT NULL DEFAULT 0;

-- For a record that the change makes: a keyed hash of module, rule, actor and recipient, by which its challenges are counted.
ALTER TABLE pending_challenges ADD COLUMN counted_as TEXT;
CREATE INDEX pending_challenges_counted ON pending_challenges (counted_as) WHERE counted_as IS NOT NULL;
