-- Times are microseconds since 1970 in UTC. Words are those of SPEC section 1, lower case.
-- Nothing here holds a subject, a body or a file name: what is known of an Item's metadata is sealed bytes.

PRAGMA application_id = 0x484f4c44;

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;
-- Names this data directory for as long as the catalogue lives.
INSERT INTO settings (key, value) VALUES ('data_dir_id', json_quote(lower(hex(randomblob(16)))));

CREATE TABLE connections (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    cloud          TEXT NOT NULL,
    tenant_id      TEXT NOT NULL,
    tenant_name    TEXT NOT NULL,
    signed_in_as   TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('connected', 'expired', 'disconnected')),
    state_reason   TEXT,
    secret_name    TEXT NOT NULL,
    endpoints_note TEXT,
    created_at     INTEGER NOT NULL,
    UNIQUE (cloud, tenant_id)
) STRICT;

-- The Directory -----------------------------------------------------------------------------------

CREATE TABLE users (
    connection_id INTEGER NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    user_id       TEXT NOT NULL,
    address       TEXT NOT NULL,
    address_key   TEXT NOT NULL,
    aliases       TEXT NOT NULL CHECK (json_valid(aliases)),
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL,
    account       TEXT NOT NULL CHECK (account IN ('active', 'suspended', 'archived', 'deleted')),
    org_unit_id   TEXT,
    is_admin      INTEGER NOT NULL,
    created       INTEGER,
    first_seen    INTEGER NOT NULL,
    last_seen     INTEGER NOT NULL,
    vanished_at   INTEGER,
    protection    TEXT NOT NULL DEFAULT 'unprotected'
                  CHECK (protection IN ('unprotected', 'protected', 'excluded', 'retained')),
    schedule      TEXT NOT NULL DEFAULT 'active' CHECK (schedule IN ('active', 'paused')),
    licensed      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (connection_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX users_by_address ON users (connection_id, address_key, user_id);
CREATE INDEX users_by_org_unit ON users (connection_id, org_unit_id);
CREATE INDEX users_licensed ON users (connection_id, user_id) WHERE licensed;

-- `users.aliases` again, one a row, to find a User by any of them.
CREATE TABLE user_aliases (
    connection_id INTEGER NOT NULL,
    alias_key     TEXT NOT NULL,
    user_id       TEXT NOT NULL,
    PRIMARY KEY (connection_id, alias_key, user_id),
    FOREIGN KEY (connection_id, user_id) REFERENCES users (connection_id, user_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX user_aliases_by_user ON user_aliases (connection_id, user_id);

CREATE TABLE groups (
    connection_id  INTEGER NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    group_id       TEXT NOT NULL,
    address        TEXT NOT NULL,
    address_key    TEXT NOT NULL,
    name           TEXT NOT NULL,
    direct_members INTEGER,
    last_seen      INTEGER NOT NULL,
    vanished_at    INTEGER,
    PRIMARY KEY (connection_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX groups_by_address ON groups (connection_id, address_key, group_id);

CREATE TABLE group_members (
    connection_id INTEGER NOT NULL,
    group_id      TEXT NOT NULL,
    position      INTEGER NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('user', 'group', 'everyone')),
    member_id     TEXT,
    address       TEXT,
    address_key   TEXT,
    PRIMARY KEY (connection_id, group_id, position),
    FOREIGN KEY (connection_id, group_id) REFERENCES groups (connection_id, group_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX group_members_by_member ON group_members (connection_id, member_id, kind);

CREATE TABLE org_units (
    connection_id INTEGER NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    org_unit_id   TEXT NOT NULL,
    parent_id     TEXT,
    name          TEXT NOT NULL,
    path          TEXT NOT NULL,
    last_seen     INTEGER NOT NULL,
    vanished_at   INTEGER,
    PRIMARY KEY (connection_id, org_unit_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX org_units_by_parent ON org_units (connection_id, parent_id);

CREATE TABLE syncs (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_id INTEGER NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    kind          TEXT NOT NULL CHECK (kind IN ('users', 'groups', 'org_units')),
    started       INTEGER NOT NULL,
    ended         INTEGER,
    outcome       TEXT,
    detail        TEXT,
    seen          INTEGER NOT NULL DEFAULT 0,
    changes       TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(changes))
) STRICT;
CREATE INDEX syncs_by_kind ON syncs (connection_id, kind, started);

-- What is chosen ----------------------------------------------------------------------------------

CREATE TABLE rules (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_id     INTEGER NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    target            TEXT NOT NULL CHECK (target IN ('group', 'org_unit')),
    target_id         TEXT NOT NULL,
    include_sub_units INTEGER NOT NULL DEFAULT 0,
    policy            TEXT CHECK (policy IS NULL OR json_valid(policy)),
    created_at        INTEGER NOT NULL,
    UNIQUE (connection_id, target, target_id)
) STRICT;

CREATE TABLE policies (
    connection_id INTEGER NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    level         TEXT NOT NULL CHECK (level IN ('domain', 'org_unit', 'group', 'user')),
    target_id     TEXT NOT NULL,
    policy        TEXT NOT NULL CHECK (json_valid(policy)),
    PRIMARY KEY (connection_id, level, target_id)
) STRICT, WITHOUT ROWID;

-- What is kept ------------------------------------------------------------------------------------

CREATE TABLE archives (
    id                     INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_id          INTEGER NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    owner                  TEXT NOT NULL CHECK (owner IN ('user', 'domain')),
    owner_id               TEXT NOT NULL,
    service                TEXT NOT NULL,
    folder                 TEXT NOT NULL,
    name                   TEXT NOT NULL,
    listed_cursor          TEXT,
    listed_fingerprint     TEXT,
    stored_cursor          TEXT,
    stored_fingerprint     TEXT,
    reconciled_at          INTEGER,
    first_run_done         INTEGER NOT NULL DEFAULT 0,
    last_complete_at       INTEGER,
    last_complete_snapshot TEXT,
    last_result            TEXT,
    expected_count         INTEGER,
    created_at             INTEGER NOT NULL,
    UNIQUE (connection_id, owner, owner_id, service),
    UNIQUE (connection_id, folder)
) STRICT;

-- Totals per Archive, kept by the triggers below, so that no screen and no Run counts millions of rows.
CREATE TABLE tallies (
    archive_id   INTEGER PRIMARY KEY REFERENCES archives (id) ON DELETE CASCADE,
    items        INTEGER NOT NULL DEFAULT 0,
    bytes        INTEGER NOT NULL DEFAULT 0,
    skipped      INTEGER NOT NULL DEFAULT 0,
    open         INTEGER NOT NULL DEFAULT 0,
    open_bytes   INTEGER NOT NULL DEFAULT 0,
    quarantined  INTEGER NOT NULL DEFAULT 0,
    staged       INTEGER NOT NULL DEFAULT 0,
    staged_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TRIGGER archives_have_a_tally AFTER INSERT ON archives BEGIN
    INSERT INTO tallies (archive_id) VALUES (new.id);
END;

CREATE TABLE folders (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    archive_id INTEGER NOT NULL REFERENCES archives (id) ON DELETE CASCADE,
    path       TEXT NOT NULL,
    entries    INTEGER NOT NULL DEFAULT 0 CHECK (entries >= 0),
    UNIQUE (archive_id, path)
) STRICT;

CREATE TABLE items (
    archive_id  INTEGER NOT NULL REFERENCES archives (id) ON DELETE CASCADE,
    item_id     TEXT NOT NULL,
    tag         TEXT NOT NULL,
    folder_id   INTEGER,
    extensions  TEXT NOT NULL,
    size        INTEGER NOT NULL,
    content_key TEXT,
    skip        TEXT,
    -- Hashes of all metadata and of the labels: a full listing that tells the same again changes nothing.
    -- NULL where they are not known.
    meta_hash   INTEGER,
    labels_hash INTEGER,
    first_run   INTEGER NOT NULL,
    changed_run INTEGER NOT NULL,
    PRIMARY KEY (archive_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX items_by_content_key ON items (content_key, archive_id, item_id) WHERE content_key IS NOT NULL;
CREATE TRIGGER items_added AFTER INSERT ON items BEGIN
    UPDATE tallies SET items = items + 1, bytes = bytes + new.size, skipped = skipped + (new.skip IS NOT NULL)
    WHERE archive_id = new.archive_id;
END;
CREATE TRIGGER items_changed AFTER UPDATE OF size, skip ON items BEGIN
    UPDATE tallies SET bytes = bytes + new.size - old.size,
        skipped = skipped + (new.skip IS NOT NULL) - (old.skip IS NOT NULL)
    WHERE archive_id = new.archive_id;
END;
CREATE TRIGGER items_gone AFTER DELETE ON items BEGIN
    UPDATE tallies SET items = items - 1, bytes = bytes - old.size, skipped = skipped - (old.skip IS NOT NULL)
    WHERE archive_id = old.archive_id;
END;

-- What a Run must still do ------------------------------------------------------------------------

-- Each put is a new row: `seq` names one state of an open Item, so that finishing an old one does not drop a
-- newer one.
CREATE TABLE open_items (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    archive_id      INTEGER NOT NULL REFERENCES archives (id) ON DELETE CASCADE,
    item_id         TEXT NOT NULL,
    op              TEXT NOT NULL CHECK (op IN ('upsert', 'remove')),
    tag             TEXT,
    sealed_meta     BLOB,
    size            INTEGER,
    content_key     TEXT,
    skip            TEXT,
    -- Minus the newness: one ascending index gives the newest first.
    age             INTEGER NOT NULL,
    attempts        INTEGER NOT NULL,
    reason          TEXT,
    detail          TEXT,
    first_failed_at INTEGER,
    failed_runs     INTEGER NOT NULL,
    last_failed_run INTEGER,
    not_before      INTEGER,
    UNIQUE (archive_id, item_id)
) STRICT;
CREATE INDEX open_items_newest ON open_items (archive_id, age, item_id, not_before);
CREATE INDEX open_items_quarantined ON open_items (archive_id, item_id)
    WHERE first_failed_at IS NOT NULL;
CREATE INDEX open_items_waiting ON open_items (archive_id, not_before) WHERE not_before IS NOT NULL;
CREATE TRIGGER open_items_added AFTER INSERT ON open_items BEGIN
    UPDATE tallies SET open = open + 1, open_bytes = open_bytes + ifnull(new.size, 0),
        quarantined = quarantined + (new.first_failed_at IS NOT NULL)
    WHERE archive_id = new.archive_id;
END;
CREATE TRIGGER open_items_changed AFTER UPDATE OF size, first_failed_at ON open_items BEGIN
    UPDATE tallies SET open_bytes = open_bytes + ifnull(new.size, 0) - ifnull(old.size, 0),
        quarantined = quarantined + (new.first_failed_at IS NOT NULL) - (old.first_failed_at IS NOT NULL)
    WHERE archive_id = new.archive_id;
END;
CREATE TRIGGER open_items_done AFTER DELETE ON open_items BEGIN
    UPDATE tallies SET open = open - 1, open_bytes = open_bytes - ifnull(old.size, 0),
        quarantined = quarantined - (old.first_failed_at IS NOT NULL)
    WHERE archive_id = old.archive_id;
END;

-- A full listing in progress and the ids it has told so far.
CREATE TABLE listings (
    archive_id INTEGER PRIMARY KEY REFERENCES archives (id) ON DELETE CASCADE,
    started    INTEGER NOT NULL,
    seen       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE seen (
    archive_id INTEGER NOT NULL REFERENCES listings (archive_id) ON DELETE CASCADE,
    item_id    TEXT NOT NULL,
    PRIMARY KEY (archive_id, item_id)
) STRICT, WITHOUT ROWID;

-- Stored in the Repository's packs, not yet in a Snapshot.
CREATE TABLE staged (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    archive_id  INTEGER NOT NULL REFERENCES archives (id) ON DELETE CASCADE,
    item_id     TEXT NOT NULL,
    op          TEXT NOT NULL CHECK (op IN ('put', 'meta', 'remove')),
    tag         TEXT,
    folder_id   INTEGER,
    folder_path TEXT NOT NULL,
    extensions  TEXT NOT NULL,
    files       TEXT CHECK (files IS NULL OR json_valid(files)),
    content_key TEXT,
    size        INTEGER NOT NULL,
    skip        TEXT,
    sealed_meta BLOB,
    meta_hash   INTEGER,
    labels_hash INTEGER,
    run_id      INTEGER NOT NULL,
    UNIQUE (archive_id, item_id)
) STRICT;
CREATE INDEX staged_by_folder ON staged (archive_id, folder_path, item_id, seq);
CREATE INDEX staged_by_content_key ON staged (content_key) WHERE content_key IS NOT NULL;
CREATE TRIGGER staged_added AFTER INSERT ON staged BEGIN
    UPDATE tallies SET staged = staged + 1, staged_bytes = staged_bytes + new.size
    WHERE archive_id = new.archive_id;
END;
CREATE TRIGGER staged_gone AFTER DELETE ON staged BEGIN
    UPDATE tallies SET staged = staged - 1, staged_bytes = staged_bytes - old.size
    WHERE archive_id = old.archive_id;
END;

-- What happened -----------------------------------------------------------------------------------

CREATE TABLE runs (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    archive_id     INTEGER NOT NULL REFERENCES archives (id) ON DELETE CASCADE,
    trigger        TEXT NOT NULL CHECK (trigger IN ('manual', 'schedule', 'first', 'reconcile')),
    started        INTEGER NOT NULL,
    ended          INTEGER,
    state          TEXT NOT NULL CHECK (state IN ('running', 'ended')),
    phase          TEXT NOT NULL,
    ledger         TEXT NOT NULL CHECK (json_valid(ledger)),
    result         TEXT,
    error_code     TEXT,
    error_detail   TEXT,
    limited_by     TEXT,
    expected_count INTEGER,
    note           TEXT
) STRICT;
CREATE INDEX runs_by_archive ON runs (archive_id, id);
CREATE INDEX runs_running ON runs (id) WHERE state = 'running';

CREATE TABLE run_items (
    run_id      INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL CHECK (kind IN ('skipped', 'quarantined')),
    item_id     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    detail      TEXT,
    failed_runs INTEGER NOT NULL,
    PRIMARY KEY (run_id, kind, item_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
    id            TEXT PRIMARY KEY,
    connection_id INTEGER NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    time          INTEGER NOT NULL,
    parent        TEXT,
    committed_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshots_by_time ON snapshots (connection_id, time);

CREATE TABLE snapshot_archives (
    archive_id  INTEGER NOT NULL REFERENCES archives (id) ON DELETE CASCADE,
    time        INTEGER NOT NULL,
    snapshot_id TEXT NOT NULL REFERENCES snapshots (id) ON DELETE CASCADE,
    run_id      INTEGER,
    result      TEXT NOT NULL,
    is_complete INTEGER NOT NULL,
    PRIMARY KEY (archive_id, time, snapshot_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshot_archives_by_snapshot ON snapshot_archives (snapshot_id, archive_id);
CREATE INDEX snapshot_archives_complete ON snapshot_archives (archive_id, time) WHERE is_complete;

-- Between processes and towards people ------------------------------------------------------------

CREATE TABLE requests (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT NOT NULL,
    args     TEXT NOT NULL CHECK (json_valid(args)),
    created  INTEGER NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'done', 'failed')),
    taken_at INTEGER,
    ended_at INTEGER,
    outcome  TEXT CHECK (outcome IS NULL OR json_valid(outcome))
) STRICT;
CREATE INDEX requests_open ON requests (state, id) WHERE state IN ('waiting', 'taken');

CREATE TABLE notifications (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    cause         TEXT NOT NULL,
    connection_id INTEGER REFERENCES connections (id) ON DELETE CASCADE,
    user_id       TEXT,
    archive_id    INTEGER REFERENCES archives (id) ON DELETE CASCADE,
    opened        INTEGER NOT NULL,
    last_seen     INTEGER NOT NULL,
    closed        INTEGER,
    escalation    INTEGER NOT NULL DEFAULT 0,
    detail        TEXT
) STRICT;
CREATE UNIQUE INDEX notifications_open
    ON notifications (cause, ifnull(connection_id, 0), ifnull(user_id, ''), ifnull(archive_id, 0))
    WHERE closed IS NULL;
