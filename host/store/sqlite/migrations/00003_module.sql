-- +goose Up
ALTER TABLE grant_ ADD COLUMN rests_on TEXT NOT NULL DEFAULT '[]'; -- JSON: digests of modules

-- Of grants that are there already only the modules that set an acr are known.
UPDATE grant_ SET rests_on = (
    SELECT json_group_array(digest) FROM (
        SELECT acr_digest AS digest WHERE acr_digest <> ''
        UNION
        SELECT json_extract(t.value, '$.digest')
        FROM json_each(CASE WHEN json_valid(CAST(details AS TEXT)) THEN CAST(details AS TEXT) ELSE '{}' END, '$.trail') AS t
        WHERE json_extract(t.value, '$.digest') <> ''
    )
);

CREATE TABLE revoked_module (
    digest TEXT    NOT NULL PRIMARY KEY,
    at     INTEGER NOT NULL,
    reason TEXT    NOT NULL
) STRICT;

-- +goose Down
DROP TABLE revoked_module;
ALTER TABLE grant_ DROP COLUMN rests_on;
