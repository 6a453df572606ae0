-- +goose Up
CREATE TABLE client (
    id          TEXT    NOT NULL PRIMARY KEY,
    registered  INTEGER NOT NULL, -- by itself, and not by the operator
    settings    BLOB    NOT NULL, -- JSON
    metadata    BLOB    NOT NULL, -- JSON, as it was registered; empty: it was not
    secret_hash BLOB    NOT NULL, -- empty: there is none
    token_hash  BLOB    NOT NULL, -- of the registration access token; empty: there is none
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL
) STRICT;
CREATE INDEX client_registered ON client (registered) WHERE registered;

CREATE TABLE consent (
    user_id   TEXT    NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    client_id TEXT    NOT NULL,
    scope     TEXT    NOT NULL, -- JSON
    given_at  INTEGER NOT NULL,
    PRIMARY KEY (user_id, client_id)
) STRICT;
CREATE INDEX consent_by_client ON consent (client_id);

-- A user, or a client, ends what it has here.
CREATE INDEX grant_by_client ON grant_ (client_id, user_id);

-- +goose Down
DROP INDEX grant_by_client;
DROP TABLE consent;
DROP TABLE client;
