-- A thing in AWS, as last read. Times are microseconds since 1970.
CREATE TABLE resources (
    row     INTEGER PRIMARY KEY,
    id      TEXT    NOT NULL UNIQUE,
    source  INTEGER NOT NULL REFERENCES sources (source),
    scope   INTEGER NOT NULL REFERENCES scopes (scope),
    kind    TEXT    NOT NULL,
    service TEXT    NOT NULL,
    arn     TEXT,
    name    TEXT    NOT NULL COLLATE NOCASE,
    profile TEXT    NOT NULL,
    account TEXT    NOT NULL,
    region  TEXT    NOT NULL,
    status  TEXT    NOT NULL,
    health  TEXT    NOT NULL,
    aspect  TEXT,
    reason  TEXT,
    -- Place in the order of need; each pair of health and aspect has its own (cache/need.rs).
    need    INTEGER NOT NULL,
    since   INTEGER,
    -- The later, the smaller, unknown last: so that every order of a list runs one way through its index.
    late    INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(-since, 9223372036854775807)) VIRTUAL,
    -- Of everything but state and read_at: decides whether a read changed the row.
    hash    BLOB    NOT NULL,
    -- What is searched.
    words   TEXT    NOT NULL,
    tags    TEXT    NOT NULL,
    detail  TEXT    NOT NULL
) STRICT;

-- One index an order, each with all that lists filter by, so that a page never looks at a row that it does not show.
CREATE INDEX resources_by_need    ON resources (need, late, id, kind, scope);
CREATE INDEX resources_by_kind    ON resources (kind, need, late, id, scope);
CREATE INDEX resources_by_name    ON resources (name, id, kind, scope, need);
CREATE INDEX resources_by_profile ON resources (profile, name, id, kind, scope, need);
CREATE INDEX resources_by_since   ON resources (late, id, kind, scope, need);
CREATE INDEX resources_by_source  ON resources (source, kind);
CREATE INDEX resources_by_arn     ON resources (arn) WHERE arn IS NOT NULL;

-- When each row was last confirmed by a read. Apart from the rows and narrow, since this is all that most reads change.
CREATE TABLE seen (
    row     INTEGER PRIMARY KEY REFERENCES resources (row) ON DELETE CASCADE,
    read_at INTEGER NOT NULL
) STRICT;
CREATE INDEX seen_by_read_at ON seen (read_at);
