-- What only the detail of a row shows, as JSON: apart from the rows, so that lists and search never carry it.
CREATE TABLE parts (
    id      TEXT    NOT NULL,
    part    TEXT    NOT NULL,
    read_at INTEGER NOT NULL,
    body    TEXT    NOT NULL,
    PRIMARY KEY (id, part)
) STRICT;

CREATE TRIGGER resources_gone_parts AFTER DELETE ON resources BEGIN
    DELETE FROM parts WHERE id = old.id;
END;
