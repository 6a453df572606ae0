package store

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"
)

// Errors that every backend returns, wrapped or bare. With either of them,
// nothing was changed.
var (
	// ErrNotFound: there is no such record, or it has expired.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the version is not the stored one, or the record exists already.
	ErrConflict = errors.New("conflict")
	// ErrNoExpiry: a record or a grant has no ExpiresAt. All of them end.
	ErrNoExpiry = errors.New("no expiry")
	// ErrRevokedModule: a grant rests on a module that was revoked.
	ErrRevokedModule = errors.New("rests on a revoked module")
)

// Store is a whole backend. Times are kept to the microsecond and come back in
// UTC; what a caller hands in or gets back is never shared with the store.
type Store interface {
	Artifacts
	Users
	Grants
	Modules
	Clients
	Consents
	SigningKeys
	Secrets
	Audit
	Outbox
	// Close ends the store; what was stored before is safe.
	Close() error
}

// Kind says what a record is.
type Kind string

// The kinds of protocol artefacts.
const (
	Run      Kind = "run"
	Code     Kind = "code"
	Spent    Kind = "spent" // as hosts once kept codes and refresh tokens that were used, to notice a second use
	Refresh  Kind = "refresh"
	Session  Kind = "session"
	Party    Kind = "party"  // clients that a session signed in to
	Logout   Kind = "logout" // clients that are to be told that a session ended
	OneTime  Kind = "otp"
	Throttle Kind = "throttle"
	Revoked  Kind = "revoked"   // access tokens that were taken back
	Device   Kind = "device"    // device codes, until they are redeemed
	UserCode Kind = "user_code" // what users type in, until somebody approves or denies
	Poll     Kind = "poll"      // when a device asked last
	Proof    Kind = "proof"     // proofs of possession that were taken, kept to notice a second use
	// Assertion: what clients signed to prove themselves, kept to notice a second use.
	Assertion Kind = "assertion"
	// Pushed: authorization requests that clients pushed (RFC 9126).
	Pushed Kind = "par"
	// Initial: initial access tokens, with which clients register (RFC 7591 3).
	Initial Kind = "initial"
	// Distrusted: when what was verified of a user before stopped to count.
	Distrusted Kind = "distrusted"

	Ceremony Kind = "ceremony" // first halves: a challenge, a secret that is not confirmed yet
)

// Record is one protocol artefact.
type Record struct {
	Kind Kind
	ID   string // when it is a secret: its Key
	// Group ties records that end together, such as all that came from one grant.
	Group string
	Data  []byte
	// Version is 0 for a record that was never stored; Put increases it.
	Version   int64
	ExpiresAt time.Time // required; from this instant on the record is gone
}

// Artifacts keeps protocol artefacts: few verbs, each atomic.
type Artifacts interface {
	// Get returns a record that has not expired, or ErrNotFound.
	Get(ctx context.Context, kind Kind, id string) (Record, error)
	// Put stores a record and returns its new version. With Version 0 it must not
	// exist yet (an expired one does not count), else the stored version must be
	// equal; otherwise ErrConflict and nothing is changed.
	Put(ctx context.Context, r Record) (int64, error)
	// Take reads and deletes a record: of any number of callers one gets it, the
	// others ErrNotFound.
	Take(ctx context.Context, kind Kind, id string) (Record, error)
	// Change reads records of a kind and stores what decide makes of them, with nobody in
	// between. decide gets them in the order of ids, those that are not there without
	// Version and Data, and gives those of them that are to be stored; an error of its own is
	// Change's, and nothing is changed. It may be called more than once, and others wait for
	// it: it computes, and does nothing else. Change gives what was stored, with the new
	// versions.
	Change(ctx context.Context, kind Kind, ids []string, decide func([]Record) ([]Record, error)) ([]Record, error)
	// Group returns at most limit records of a kind and a group that have not expired,
	// by ID; none when limit is not positive. No group is not a group.
	Group(ctx context.Context, kind Kind, group string, limit int) ([]Record, error)
	// DeleteGroup deletes all records of a group, of every kind, and counts them.
	DeleteGroup(ctx context.Context, group string) (int, error)
	// Sweep deletes the records and grants that have expired and counts them.
	Sweep(ctx context.Context) (int, error)
}

// SessionsOf names the group of a user's sessions. They end with the user.
func SessionsOf(userID string) string { return "sessions:" + userID }

// User is an account. Name is unique as NormalizeName gives it: without regard
// to case, width and composition.
type User struct {
	ID            string
	Name          string
	Email         string
	EmailVerified bool
	Phone         string
	PhoneVerified bool
	Claims        map[string]any // profile claims of OpenID Connect Core 5.1, and the operator's own
	Disabled      bool
	CreatedAt     time.Time
	UpdatedAt     time.Time
	Version       int64
}

// Credential is something that a user proves themselves with.
type Credential struct {
	ID         string
	UserID     string
	Kind       string // password, totp, passkey, …
	Label      string
	Data       []byte // what the kind needs: a hash, a public key, a sealed secret
	CreatedAt  time.Time
	LastUsedAt time.Time
	Version    int64
}

// Users keeps accounts and their credentials. Versions work as in Artifacts.Put.
type Users interface {
	User(ctx context.Context, id string) (User, error)
	// UserByName finds a user by any spelling of the name. A name that nobody can
	// have is ErrNotFound.
	UserByName(ctx context.Context, name string) (User, error)
	// ListUsers returns at most limit users by normalized name, those after that
	// name; none when limit is not positive.
	ListUsers(ctx context.Context, after string, limit int) ([]User, error)
	// UsersByEmail returns at most limit users with this verified e-mail address, by id;
	// only A to Z and a to z are alike in it. None for no address.
	UsersByEmail(ctx context.Context, email string, limit int) ([]User, error)
	// PutUser returns ErrConflict also when another user has the name, and ErrName
	// for a name that nobody may have.
	PutUser(ctx context.Context, u User) (int64, error)
	// RemoveUser removes a user with all credentials, and deletes the records whose
	// Group is SessionsOf the user, in one transaction.
	RemoveUser(ctx context.Context, id string) error
	// Credentials returns a user's credentials, oldest first; none for no user.
	Credentials(ctx context.Context, userID string) ([]Credential, error)
	// Credential returns the credential with an id, or ErrNotFound.
	Credential(ctx context.Context, id string) (Credential, error)
	// PutCredential returns ErrNotFound when there is no such user, and
	// ErrConflict for a credential of another user.
	PutCredential(ctx context.Context, c Credential) (int64, error)
	RemoveCredential(ctx context.Context, id string) error
}

// Grant is what an authorization came to. It is frozen when it is made: acr, amr
// and auth_time never change after (RFC 9068 2.2.1).
type Grant struct {
	ID        string
	ClientID  string
	UserID    string
	SessionID string // the SSO session's own, which stays when its key changes; empty without one
	Scope     []string
	ACR       *string
	AMR       []string
	AuthTime  time.Time
	// ACRDigest is the digest of the module that set the acr, empty without one.
	ACRDigest string
	// RestsOn are the digests of all modules that the grant rests on: see
	// journey.Run.RestsOn.
	RestsOn []string
	Journey string
	Run     string
	// Details is JSON: the acr trail, requested claims and what else is only read whole.
	Details   json.RawMessage
	CreatedAt time.Time
	ExpiresAt time.Time // required; from this instant on the grant is gone
	RevokedAt time.Time // zero: in force
}

// GrantFilter says which grants are meant; an empty member fits all.
type GrantFilter struct {
	UserID   string
	ClientID string
	RestsOn  string // the digest of a module
}

// Grants keeps grants.
type Grants interface {
	// PutGrant stores a grant, once: a second one with the same ID is ErrConflict. One
	// that rests on a revoked module is ErrRevokedModule, in the same transaction: there
	// is no moment in which a grant in force rests on a revoked module.
	PutGrant(ctx context.Context, g Grant) error
	Grant(ctx context.Context, id string) (Grant, error)
	// ListGrants returns at most limit grants that fit, by ID, those after that ID;
	// revoked ones too, expired ones never; none when limit is not positive.
	ListGrants(ctx context.Context, fits GrantFilter, after string, limit int) ([]Grant, error)
	// EndSession ends every grant in force of a session whose scope has not the one to
	// keep, as RevokeGrant does, in one transaction. It counts them. No session is not a
	// session.
	EndSession(ctx context.Context, sessionID, keep string, at time.Time) (int, error)
	// RevokeGrant marks the grant and deletes the records whose Group is its ID,
	// in one transaction. Revoking twice is no error; the first time stands.
	RevokeGrant(ctx context.Context, id string, at time.Time) error
}

// RevokedModule is a module that no login may rest on.
type RevokedModule struct {
	Digest string // sha256:…
	At     time.Time
	Reason string
}

// Modules keeps which modules the operator trusts no more.
type Modules interface {
	// RevokeModule remembers a module, and ends every grant in force that rests on it as
	// RevokeGrant does, in one transaction. It counts those grants. Revoking twice is no
	// error: what was said first stands.
	RevokeModule(ctx context.Context, m RevokedModule) (int, error)
	// AllowModule forgets that a module was revoked, or is ErrNotFound. What ended stays
	// ended.
	AllowModule(ctx context.Context, digest string) error
	// RevokedModules are all of them, by digest.
	RevokedModules(ctx context.Context) ([]RevokedModule, error)
}

// SigningKey is a private key of the provider, sealed.
type SigningKey struct {
	ID        string // kid
	Alg       string // RS256, PS256, ES256, EdDSA
	Sealed    []byte
	CreatedAt time.Time // published since
	SignsAt   time.Time // signs from then on
	RetiredAt time.Time // zero: nothing takes its place yet; else signs no more from then on
}

// SigningKeys keeps the provider's keys. Of each algorithm at most one has no RetiredAt:
// the last of its line.
type SigningKeys interface {
	SigningKeys(ctx context.Context) ([]SigningKey, error) // oldest first
	// AddSigningKey stores the first key of an algorithm, unless one without RetiredAt
	// exists (ErrConflict): two hosts that start at once end with one key.
	AddSigningKey(ctx context.Context, k SigningKey) error
	// RotateSigningKey stores a key, and retires all others of its algorithm when it begins
	// to sign, or before, where they were to be retired before: in one transaction.
	// ErrConflict, and nothing is changed, unless last is the id of the one without
	// RetiredAt: of any number of hosts one rotates.
	RotateSigningKey(ctx context.Context, last string, k SigningKey) error
	// RemoveSigningKey removes a key, or is ErrNotFound.
	RemoveSigningKey(ctx context.Context, id string) error
}

// Secrets keeps the provider's own secrets, sealed. They never change.
type Secrets interface {
	Secret(ctx context.Context, name string) (sealed []byte, err error) // or ErrNotFound
	// AddSecret stores a secret, once: a second one with the same name is ErrConflict.
	AddSecret(ctx context.Context, name string, sealed []byte) error
}

// Event is one line of the audit log. It holds no secrets.
type Event struct {
	At      time.Time
	Type    string // login.ok, login.failed, grant.revoked, plugin.error, …
	UserID  string
	Client  string
	Run     string
	Details map[string]any
}

// Audit keeps events.
type Audit interface {
	AddEvent(ctx context.Context, e Event) error
	// Events returns at most limit events, the last added first.
	Events(ctx context.Context, limit int) ([]Event, error)
}

// Message is what the demo's outbox shows as sent.
type Message struct {
	At      time.Time `json:"at"`
	To      string    `json:"to"`
	Channel string    `json:"channel"`
	Text    string    `json:"text"`
}

// OutboxSize is how many messages an outbox keeps.
const OutboxSize = 1000

// Outbox keeps the demo's messages, the last OutboxSize of them.
type Outbox interface {
	AddMessage(ctx context.Context, m Message) error
	// Messages returns at most limit messages, the last added first.
	Messages(ctx context.Context, limit int) ([]Message, error)
}

// Key is the id under which a secret's record is stored: its SHA-256, so that
// who reads the database learns no code and no token. That of a NearSecret begins alike.
func Key(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return stampOf(secret) + base64.RawURLEncoding.EncodeToString(sum[:])
}
