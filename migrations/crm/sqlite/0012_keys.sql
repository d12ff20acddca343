-- Signing keys of the provider that were withdrawn: what they signed opens nothing. The twin for the other engine differs in
-- types and collations only.

CREATE TABLE replica_withdrawn_keys (
    generation BIGINT NOT NULL,
    kid TEXT NOT NULL,
    PRIMARY KEY (generation, kid)
);
