-- One thing points at another, which may lie in another account or not be read yet.
CREATE TABLE links (
    from_id TEXT NOT NULL,
    to_arn  TEXT NOT NULL,
    rel     TEXT NOT NULL,
    PRIMARY KEY (from_id, to_arn, rel)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_to ON links (to_arn);

CREATE TRIGGER resources_gone_links AFTER DELETE ON resources BEGIN
    DELETE FROM links WHERE from_id = old.id;
END;
