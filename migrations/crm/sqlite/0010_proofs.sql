-- Names of DPoP proofs, each of which counts once (RFC 9449, section 11.1). The twin for the other engine differs in types and
-- collations only.
CREATE TABLE proofs_seen (
    hash       TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX proofs_seen_expiry ON proofs_seen (expires_at);
