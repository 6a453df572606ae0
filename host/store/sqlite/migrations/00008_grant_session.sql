-- +goose Up
-- session_id was the session's key, which each login changes, and nobody looked for it.
UPDATE grant_ SET session_id = CASE WHEN json_valid(CAST(details AS TEXT))
    THEN coalesce(json_extract(CAST(details AS TEXT), '$.session'), '') ELSE '' END
WHERE session_id <> '';
CREATE INDEX grant_by_session ON grant_ (session_id) WHERE session_id <> '';

-- +goose Down
DROP INDEX grant_by_session;
