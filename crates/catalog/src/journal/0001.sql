-- What cannot be rebuilt from the Repository: who did what, and what each restore made.
PRAGMA application_id = 0x484f4c4a;

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    who     TEXT NOT NULL,
    what    TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    -- SHA-256 over the one before and this row.
    chain   BLOB NOT NULL CHECK (length(chain) = 32)
) STRICT;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TABLE restores (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    started  INTEGER NOT NULL,
    ended    INTEGER,
    who      TEXT NOT NULL,
    source   TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    target   TEXT NOT NULL,
    options  TEXT NOT NULL CHECK (json_valid(options)),
    outcome  TEXT
) STRICT;

CREATE TABLE restore_items (
    restore_id INTEGER NOT NULL REFERENCES restores (id),
    position   INTEGER NOT NULL,
    item_id    TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    reason     TEXT,
    made       BLOB,
    sha256     TEXT,
    undone_at  INTEGER,
    PRIMARY KEY (restore_id, position)
) STRICT, WITHOUT ROWID;
