-- Launches, each as far as it got. The record is JSON; what is searched for is beside it.
CREATE TABLE launches (
    id      TEXT PRIMARY KEY,
    at      TEXT NOT NULL,
    account TEXT NOT NULL,
    profile TEXT NOT NULL,
    -- Whether an instance may exist that nobody was told of.
    open    INTEGER NOT NULL,
    record  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX launches_open ON launches (open) WHERE open;
