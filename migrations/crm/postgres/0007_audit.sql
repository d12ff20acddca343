-- The audit log as a chain. Entries are written in the transaction that they describe; a sequencer numbers what is committed,
-- seals what is personal and links each line to the one before. The twin for the other engine differs in types and
-- collations only.

-- Place in the chain, digest over it up to here, and whose keys seal the address and the detail. Empty while it waits.
ALTER TABLE audit ADD COLUMN seq BIGINT;
ALTER TABLE audit ADD COLUMN hash TEXT;
ALTER TABLE audit ADD COLUMN ip_of TEXT;
ALTER TABLE audit ADD COLUMN detail_of TEXT;
CREATE UNIQUE INDEX audit_line ON audit (seq) WHERE seq IS NOT NULL;
CREATE INDEX audit_waiting ON audit (at, id) WHERE seq IS NULL;
CREATE INDEX audit_actor ON audit (actor, seq);
CREATE INDEX audit_target ON audit (target, seq);
CREATE INDEX audit_action ON audit (action, seq);

-- How long the chain is and its last digest, under a key that is not in the database. erasures tells the sequencer that
-- something it has read may not be sealed any more.
CREATE TABLE audit_head (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    seq      BIGINT NOT NULL,
    hash     TEXT NOT NULL,
    mac      TEXT NOT NULL,
    erasures BIGINT NOT NULL
);

-- A key for each person (or thing) that lines have personal values of, sealed under the root key. Erasing takes the key:
-- the values can't be read by anyone any more, and the chain over them stays as it is.
CREATE TABLE audit_keys (
    owner     TEXT COLLATE "C" PRIMARY KEY,
    sealed    TEXT,
    made_at   BIGINT NOT NULL,
    erased_at BIGINT
);
