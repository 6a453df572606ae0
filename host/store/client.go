package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// ErrFull says that as many clients have registered as may.
var ErrFull = errors.New("no room for another client")

// Client is a relying party that is kept in the store, beside those of the
// configuration.
type Client struct {
	ID string
	// Registered says that it registered itself (RFC 7591), and not the operator.
	Registered bool
	// Settings is JSON: what the client is allowed, under the names that a [[clients]]
	// table of the configuration has.
	Settings json.RawMessage
	// Metadata is JSON: what the client registered, in the words of RFC 7591; empty for
	// one that the operator added.
	Metadata json.RawMessage
	// SecretHash and TokenHash are SHA-256 of the client's secret and of its registration
	// access token (RFC 7592); empty: there is none.
	SecretHash, TokenHash []byte
	CreatedAt, UpdatedAt  time.Time
	Version               int64
}

// Clients keeps relying parties. Versions work as in Artifacts.Put.
type Clients interface {
	Client(ctx context.Context, id string) (Client, error)
	// PutClient stores a client. A new one that registered itself is ErrFull when most
	// such clients are there already, in the same transaction; most 0: any number.
	PutClient(ctx context.Context, c Client, most int) (int64, error)
	// ListClients returns at most limit clients by id, those after that id; none when
	// limit is not positive.
	ListClients(ctx context.Context, after string, limit int) ([]Client, error)
	// RemoveClient removes a client, every consent to it, and ends its grants as
	// EndGrants does, in one transaction. It counts those grants.
	RemoveClient(ctx context.Context, id string, at time.Time) (int, error)
}

// Consent is what a user allowed a client.
type Consent struct {
	UserID, ClientID string
	Scope            []string // sorted
	Claims           []string // by name, beside the scope; sorted
	GivenAt          time.Time
}

// Consents keeps what users allowed clients: one Consent for each user and client.
type Consents interface {
	// Consent is what the user allowed the client, or ErrNotFound.
	Consent(ctx context.Context, userID, clientID string) (Consent, error)
	// AddConsent adds the scopes and claims to those that the user allowed the client before. It
	// is ErrNotFound when there is no such user.
	AddConsent(ctx context.Context, c Consent) error
	// ConsentsOf are all of a user's, by client.
	ConsentsOf(ctx context.Context, userID string) ([]Consent, error)
	// RemoveConsent forgets what the user allowed the client, and ends their grants as
	// EndGrants does, in one transaction. It counts those grants. Without a consent it is
	// ErrNotFound, and nothing is changed.
	RemoveConsent(ctx context.Context, userID, clientID string, at time.Time) (int, error)
	// EndGrants ends every grant in force of a client, or of one user with it, as
	// RevokeGrant does, in one transaction. It counts them. userID empty: of all users.
	EndGrants(ctx context.Context, clientID, userID string, at time.Time) (int, error)
}
