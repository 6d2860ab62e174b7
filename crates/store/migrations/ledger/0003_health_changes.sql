-- Changes of health that were seen. A state that is absent (the row came or went) has no health.
CREATE TABLE health_changes (
    id         TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    was_status TEXT,
    was_health TEXT,
    was_aspect TEXT,
    was_reason TEXT,
    now_status TEXT,
    now_health TEXT,
    now_aspect TEXT,
    now_reason TEXT,
    PRIMARY KEY (id, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX health_changes_by_time ON health_changes (at, id);
