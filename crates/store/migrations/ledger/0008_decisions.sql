-- Who decided what, when: marks, locks, profiles, settings. Only ever added to.
CREATE TABLE decisions (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    what       TEXT    NOT NULL,
    who        TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    from_value TEXT    NOT NULL,
    to_value   TEXT    NOT NULL,
    reason     TEXT
) STRICT;
CREATE TRIGGER decisions_stay AFTER DELETE ON decisions BEGIN SELECT raise(ABORT, 'decisions are only ever added'); END;
CREATE TRIGGER decisions_stand BEFORE UPDATE ON decisions BEGIN SELECT raise(ABORT, 'decisions are only ever added'); END;
