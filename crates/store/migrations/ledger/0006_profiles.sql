-- What the user set for a profile of the AWS config. Null is: not set.
CREATE TABLE profiles (
    name        TEXT    PRIMARY KEY,
    label       TEXT,
    colour      TEXT,
    environment TEXT,
    regions     TEXT    NOT NULL,
    protection  TEXT,
    shown       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
