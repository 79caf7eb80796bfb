-- A Rule may be of the whole Domain. SQLite cannot widen a CHECK, so the table is made again with all that is in it.
CREATE TABLE rules_of_all (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_id     INTEGER NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    target            TEXT NOT NULL CHECK (target IN ('domain', 'group', 'org_unit')),
    target_id         TEXT NOT NULL,
    include_sub_units INTEGER NOT NULL DEFAULT 0,
    policy            TEXT CHECK (policy IS NULL OR json_valid(policy)),
    created_at        INTEGER NOT NULL,
    UNIQUE (connection_id, target, target_id)
) STRICT;
INSERT INTO rules_of_all SELECT id, connection_id, target, target_id, include_sub_units, policy, created_at FROM rules;
DROP TABLE rules;
ALTER TABLE rules_of_all RENAME TO rules;

-- Who was there when a Rule for people who appear later was made: as long as they stay, it leaves them as they are.
CREATE TABLE rule_bystanders (
    rule_id INTEGER NOT NULL REFERENCES rules (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    PRIMARY KEY (rule_id, user_id)
) STRICT, WITHOUT ROWID;

-- Pauses: of everything (without a Connection), of an org unit, a group or a User. Without an end, until a person ends it.
CREATE TABLE pauses (
    connection_id INTEGER REFERENCES connections (id) ON DELETE CASCADE,
    target        TEXT NOT NULL CHECK (target IN ('all', 'org_unit', 'group', 'user')),
    target_id     TEXT NOT NULL,
    since         INTEGER NOT NULL,
    until         INTEGER
) STRICT;
CREATE UNIQUE INDEX pauses_of_target ON pauses (ifnull(connection_id, 0), target, target_id);

-- When an Archive is due next.
CREATE TABLE due (
    archive_id INTEGER PRIMARY KEY REFERENCES archives (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL
) STRICT;
