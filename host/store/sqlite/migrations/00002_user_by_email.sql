-- +goose Up
CREATE INDEX user_by_email ON user (email COLLATE NOCASE) WHERE email <> '' AND email_verified;

-- +goose Down
DROP INDEX user_by_email;
