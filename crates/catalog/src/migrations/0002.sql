-- What a Run that goes on does: waits for its turn, works, or rests because a person said so.
ALTER TABLE runs ADD COLUMN activity TEXT NOT NULL DEFAULT 'running'
    CHECK (activity IN ('queued', 'running', 'paused'));
ALTER TABLE runs ADD COLUMN open INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN updated_at INTEGER;

-- How many changed, by the words of `changes`, which spells out the first of them.
ALTER TABLE syncs ADD COLUMN counts TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(counts));

-- The size of all that is kept when the snapshot was made: as content, and as the Repository stores it.
ALTER TABLE snapshots ADD COLUMN content_bytes INTEGER;
ALTER TABLE snapshots ADD COLUMN stored_bytes INTEGER;
