-- Versions that the user called good or bad. What they were called before is in decisions.
CREATE TABLE marks (
    subject TEXT    PRIMARY KEY,
    value   TEXT    NOT NULL CHECK (value IN ('good', 'bad')),
    at      INTEGER NOT NULL,
    reason  TEXT
) STRICT, WITHOUT ROWID;
