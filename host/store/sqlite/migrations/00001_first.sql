-- Times are microseconds since 1970 in UTC. Versions begin with 1.

-- +goose Up
CREATE TABLE artifact (
    kind       TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    grp        TEXT    NOT NULL,
    data       BLOB    NOT NULL,
    version    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;
CREATE INDEX artifact_by_group ON artifact (grp) WHERE grp <> '';
CREATE INDEX artifact_by_end ON artifact (expires_at);

CREATE TABLE user (
    id             TEXT    NOT NULL PRIMARY KEY,
    name           TEXT    NOT NULL,
    normal_name    TEXT    NOT NULL UNIQUE,
    email          TEXT    NOT NULL,
    email_verified INTEGER NOT NULL,
    phone          TEXT    NOT NULL,
    phone_verified INTEGER NOT NULL,
    claims         TEXT    NOT NULL, -- JSON
    disabled       INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    version        INTEGER NOT NULL
) STRICT;

CREATE TABLE credential (
    id           TEXT    NOT NULL PRIMARY KEY,
    user_id      TEXT    NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL,
    label        TEXT    NOT NULL,
    data         BLOB    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    version      INTEGER NOT NULL
) STRICT;
CREATE INDEX credential_by_user ON credential (user_id);

CREATE TABLE grant_ (
    id         TEXT    NOT NULL PRIMARY KEY,
    client_id  TEXT    NOT NULL,
    user_id    TEXT    NOT NULL,
    session_id TEXT    NOT NULL,
    scope      TEXT    NOT NULL, -- JSON
    acr        TEXT,             -- NULL: none, which is not the empty one
    amr        TEXT    NOT NULL, -- JSON
    auth_time  INTEGER NOT NULL,
    acr_digest TEXT    NOT NULL,
    journey    TEXT    NOT NULL,
    run        TEXT    NOT NULL,
    details    BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER           -- NULL: in force
) STRICT;
CREATE INDEX grant_by_end ON grant_ (expires_at);

CREATE TABLE signing_key (
    id         TEXT    NOT NULL PRIMARY KEY,
    alg        TEXT    NOT NULL,
    sealed     BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    retired_at INTEGER           -- NULL: signs
) STRICT;
CREATE UNIQUE INDEX signing_key_in_use ON signing_key (alg) WHERE retired_at IS NULL;

CREATE TABLE event (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    type    TEXT    NOT NULL,
    user_id TEXT    NOT NULL,
    client  TEXT    NOT NULL,
    run     TEXT    NOT NULL,
    details TEXT    NOT NULL -- JSON
) STRICT;

CREATE TABLE message (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    recipient TEXT    NOT NULL,
    channel   TEXT    NOT NULL,
    text      TEXT    NOT NULL
) STRICT;

-- +goose Down
DROP TABLE message;
DROP TABLE event;
DROP TABLE signing_key;
DROP TABLE grant_;
DROP TABLE credential;
DROP TABLE user;
DROP TABLE artifact;
