-- Users whose Archives are to be removed: undone until `due`, then erased from the Repository.
CREATE TABLE deletions (
    connection_id INTEGER NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    user_id       TEXT NOT NULL,
    address       TEXT NOT NULL,
    asked         INTEGER NOT NULL,
    due           INTEGER NOT NULL,
    asked_by      TEXT NOT NULL,
    was_protected INTEGER NOT NULL,
    phase         TEXT NOT NULL CHECK (phase IN ('waiting', 'rewriting', 'pruning')),
    PRIMARY KEY (connection_id, user_id)
) STRICT, WITHOUT ROWID;

-- How much each Run changed and removed of what its Archive held: what is normal for it.
CREATE TABLE changes (
    archive_id INTEGER NOT NULL REFERENCES archives (id) ON DELETE CASCADE,
    run_id     INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    changed    INTEGER NOT NULL,
    removed    INTEGER NOT NULL,
    held       INTEGER NOT NULL,
    PRIMARY KEY (archive_id, run_id)
) STRICT, WITHOUT ROWID;

-- Runs that changed far more than normal. Retention of the Domain waits until a person released it.
CREATE TABLE mass_changes (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_id INTEGER NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    archive_id    INTEGER NOT NULL REFERENCES archives (id) ON DELETE CASCADE,
    run_id        INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    changed       INTEGER NOT NULL,
    removed       INTEGER NOT NULL,
    normal        INTEGER NOT NULL,
    quiet_at      INTEGER,
    released_at   INTEGER,
    UNIQUE (archive_id, run_id)
) STRICT;
