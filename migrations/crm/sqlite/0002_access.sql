-- Grants on relations and accepted invitations, as of the replica's position. Times are 0 and the largest number where a
-- grant has no beginning or end; holders are person:<sub> or group:<id>. A rebuild fills the next generation.
CREATE TABLE replica_grants (
    generation BIGINT NOT NULL,
    id TEXT NOT NULL,
    holder TEXT NOT NULL,
    relation TEXT NOT NULL,
    level BIGINT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (generation, id)
);
CREATE INDEX replica_grants_probe ON replica_grants (generation, relation, holder, level);
CREATE INDEX replica_grants_holder ON replica_grants (generation, holder, relation);

CREATE TABLE replica_invited (
    generation BIGINT NOT NULL,
    invitation TEXT NOT NULL,
    sub TEXT NOT NULL,
    PRIMARY KEY (generation, invitation)
);
CREATE INDEX replica_invited_sub ON replica_invited (generation, sub);

-- Which record an invitation was made for. Accepting it makes the person that record; editing the record changes nothing.
CREATE TABLE portal_bindings (
    invitation TEXT PRIMARY KEY,
    portal TEXT NOT NULL,
    module TEXT NOT NULL,
    record_id TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX portal_bindings_record ON portal_bindings (record_id);
