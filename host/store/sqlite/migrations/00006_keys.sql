-- +goose Up
ALTER TABLE signing_key ADD COLUMN signs_at INTEGER NOT NULL DEFAULT 0; -- published before
UPDATE signing_key SET signs_at = created_at;

-- Keys that others are kept by, sealed: what pairwise subjects are made with.
CREATE TABLE secret (
    name   TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;

-- +goose Down
DROP TABLE secret;
ALTER TABLE signing_key DROP COLUMN signs_at;
