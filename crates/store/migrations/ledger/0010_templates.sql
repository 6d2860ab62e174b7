-- Templates of stacks, exactly as AWS gave them: AWS keeps the last one alone. A text that stands in several places is kept once.
CREATE TABLE template_texts (
    digest TEXT PRIMARY KEY,
    text   TEXT NOT NULL
) STRICT;

CREATE TABLE templates (
    of_arn TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    digest TEXT    NOT NULL REFERENCES template_texts (digest),
    status TEXT    NOT NULL,
    size   INTEGER NOT NULL,
    PRIMARY KEY (of_arn, at)
) STRICT;
CREATE TRIGGER templates_stay AFTER DELETE ON templates BEGIN SELECT raise(ABORT, 'templates are only ever added'); END;
