-- Files: what was found out when their bytes came, and where they stand; crm/files. The bytes lie in the object store under
-- the id. "once" is the key by which the same form or request counts once. A row is there before its bytes and after them.
CREATE TABLE files (
    id TEXT COLLATE "C" PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('receiving', 'uploaded', 'kept', 'gone')),
    module TEXT NOT NULL,
    field TEXT NOT NULL,
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    type TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    once TEXT,
    uploaded_by TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    record_id TEXT,
    kept_at BIGINT
);
CREATE INDEX files_waiting ON files (uploaded_by, uploaded_at) WHERE state IN ('receiving', 'uploaded');
CREATE INDEX files_stale ON files (uploaded_at) WHERE state IN ('receiving', 'uploaded', 'gone');
CREATE INDEX files_once ON files (uploaded_by, once) WHERE once IS NOT NULL;
