-- Every action ever asked for here, with its outcome. Times are microseconds since 1970.
CREATE TABLE actions (
    action     TEXT    PRIMARY KEY,
    verb       TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    target     TEXT,
    profile    TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    region     TEXT    NOT NULL,
    who        TEXT,
    reason     TEXT    NOT NULL,
    outcome    TEXT    NOT NULL CHECK (outcome IN ('intended', 'accepted', 'succeeded', 'failed', 'refused', 'unknown')),
    message    TEXT    NOT NULL,
    follow_id  TEXT,
    state      TEXT    NOT NULL,
    calls      TEXT    NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT;

-- One action at a time on a thing, whichever process or profile asks.
CREATE UNIQUE INDEX actions_one_open ON actions (account, id) WHERE outcome IN ('intended', 'accepted');
CREATE INDEX actions_by_time ON actions (started_at, action);
