-- Search over `resources.words`, whose text is not kept twice (external content). Results are ranked by name and need, not
-- by bm25: ranking a word that is in every row of 100,000 takes 0.3 s.

-- Three characters and more: anywhere in the text.
CREATE VIRTUAL TABLE search USING fts5 (
    words, content = 'resources', content_rowid = 'row', tokenize = 'trigram', columnsize = 0
);

-- One and two characters (`qa`, `결제`), which trigrams cannot find: beginnings of words.
CREATE VIRTUAL TABLE beginnings USING fts5 (
    words, content = 'resources', content_rowid = 'row', tokenize = 'unicode61', prefix = '1 2', detail = none, columnsize = 0
);

CREATE TRIGGER resources_new_search AFTER INSERT ON resources BEGIN
    INSERT INTO search (rowid, words) VALUES (new.row, new.words);
    INSERT INTO beginnings (rowid, words) VALUES (new.row, new.words);
END;

CREATE TRIGGER resources_changed_search AFTER UPDATE OF words ON resources WHEN old.words IS NOT new.words BEGIN
    INSERT INTO search (search, rowid, words) VALUES ('delete', old.row, old.words);
    INSERT INTO search (rowid, words) VALUES (new.row, new.words);
    INSERT INTO beginnings (beginnings, rowid, words) VALUES ('delete', old.row, old.words);
    INSERT INTO beginnings (rowid, words) VALUES (new.row, new.words);
END;

CREATE TRIGGER resources_gone_search AFTER DELETE ON resources BEGIN
    INSERT INTO search (search, rowid, words) VALUES ('delete', old.row, old.words);
    INSERT INTO beginnings (beginnings, rowid, words) VALUES ('delete', old.row, old.words);
END;
