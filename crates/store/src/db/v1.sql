-- What was done to instances. Times are RFC 3339 in UTC with nine digits, so that they sort as text.
CREATE TABLE journal (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       TEXT NOT NULL,
    actor    TEXT NOT NULL,
    verb     TEXT NOT NULL,
    account  TEXT NOT NULL,
    region   TEXT NOT NULL,
    instance TEXT NOT NULL,
    why      TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    -- For 'refused' and 'failed': {"code", "message", "hint"}.
    problem  TEXT
) STRICT;

CREATE TRIGGER journal_is_not_rewritten BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journal_is_not_shortened BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- The alerts that a person was told of.
CREATE TABLE shown (
    alert TEXT PRIMARY KEY,
    at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The instances that nothing is said about for a while.
CREATE TABLE snoozed (
    account  TEXT NOT NULL,
    region   TEXT NOT NULL,
    instance TEXT NOT NULL,
    until    TEXT NOT NULL,
    PRIMARY KEY (account, region, instance)
) STRICT, WITHOUT ROWID;
