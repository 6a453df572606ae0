-- +goose Up
-- What was allowed by the name of a claim, beside scopes: JSON, null for nothing.
ALTER TABLE consent ADD COLUMN claims TEXT NOT NULL DEFAULT 'null';

-- +goose Down
ALTER TABLE consent DROP COLUMN claims;
