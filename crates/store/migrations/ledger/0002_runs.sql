-- Finished runs, since AWS forgets them. Known by ARN, so that they are the same through any profile.
CREATE TABLE runs (
    of_arn       TEXT    NOT NULL,
    run_id       TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    outcome      TEXT    NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'stopped', 'superseded')),
    status       TEXT    NOT NULL,
    rollback     INTEGER NOT NULL,
    rollback_of  TEXT,
    started_at   INTEGER NOT NULL,
    ended_at     INTEGER,
    started_by   TEXT,
    trigger_type TEXT,
    revisions    TEXT    NOT NULL,
    reason       TEXT,
    PRIMARY KEY (of_arn, run_id)
) STRICT;

CREATE INDEX runs_by_time ON runs (of_arn, started_at, run_id);
-- What is usual for a thing is told by these alone.
CREATE INDEX runs_usual ON runs (of_arn, started_at, ended_at)
    WHERE outcome = 'succeeded' AND rollback = 0 AND ended_at IS NOT NULL;
CREATE INDEX runs_by_reason ON runs (of_arn, reason) WHERE reason IS NOT NULL;
