-- Things and environments on which nothing may act. Kept after they ended.
CREATE TABLE locks (
    lock     INTEGER PRIMARY KEY,
    subject  TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    until    INTEGER,
    -- When it was lifted or replaced; a lock that merely ran out has none.
    ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX locks_standing ON locks (subject) WHERE ended_at IS NULL;
