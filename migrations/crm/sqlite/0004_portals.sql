-- Portals: what people see who don't work here; crm/visibility.
CREATE TABLE portals (
    key TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Nearly no relation is restricted: the question whether this one is, is asked of a few rows.
CREATE INDEX records_restricted ON records (id) WHERE restricted;
