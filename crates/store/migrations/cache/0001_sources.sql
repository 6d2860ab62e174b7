-- Profile × Region, as a small number that indexes can carry.
CREATE TABLE scopes (
    scope   INTEGER PRIMARY KEY,
    profile TEXT NOT NULL,
    region  TEXT NOT NULL,
    UNIQUE (profile, region)
) STRICT;

-- One service in one scope: how fresh it is, and why not fresher. How many rows it has is counted, not kept.
CREATE TABLE sources (
    source          INTEGER PRIMARY KEY,
    profile         TEXT NOT NULL,
    region          TEXT NOT NULL,
    service         TEXT NOT NULL,
    account         TEXT,
    state           TEXT NOT NULL DEFAULT 'pending',
    error_code      TEXT,
    error_message   TEXT,
    error_operation TEXT,
    ok_at           INTEGER,
    read_at         INTEGER,
    next_at         INTEGER,
    api_calls       INTEGER NOT NULL DEFAULT 0,
    throttles       INTEGER NOT NULL DEFAULT 0,
    elapsed_ms      INTEGER NOT NULL DEFAULT 0,
    UNIQUE (profile, region, service)
) STRICT;
