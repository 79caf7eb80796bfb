-- How a Run will have ended once a snapshot holds what it brought: until then it is not over. Result, error code and its details.
ALTER TABLE runs ADD COLUMN outcome TEXT CHECK (outcome IS NULL OR json_valid(outcome));
