-- A stop runs beside what it stops, once AWS has accepted that: only what is intended is alone by the index. What is
-- accepted stands in the way by the condition of the statement that inserts (src/ledger/actions.rs).
DROP INDEX actions_one_open;
CREATE UNIQUE INDEX actions_one_intended ON actions (account, id) WHERE outcome = 'intended';
CREATE INDEX actions_of_thing ON actions (account, id, ended_at);
