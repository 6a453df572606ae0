package capability

import (
	"context"
	"log/slog"
	"net"
	"time"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/consent"
	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/throttle"
)

// Accounts is what capabilities need of the users and their passwords.
type Accounts interface {
	// VerifyPassword does the same work for an unknown user as for a wrong password.
	VerifyPassword(ctx context.Context, username, password string) (account.Verified, error)
	// ChangePassword sets the user's own choice, after the old one was verified.
	ChangePassword(ctx context.Context, userID, password string, verified time.Time) error
	// FirstPassword gives a password to a user who has none.
	FirstPassword(ctx context.Context, userID, password string) error
	// Find is a user by name, or store.ErrNotFound.
	Find(ctx context.Context, name string) (store.User, error)
	// User is a user by id, or store.ErrNotFound.
	User(ctx context.Context, id string) (store.User, error)
	// ByUpstream is the user who belongs to a user of another provider, or
	// account.ErrUnlinked.
	ByUpstream(ctx context.Context, u account.Upstream, rule account.UpstreamRule) (account.Found, error)
	// Claims are what steps and clients may learn of a user.
	Claims(user store.User) map[string]any
}

// Config is what a Set is built from. All of it is required but Resolver and Log.
type Config struct {
	Accounts  Accounts
	Artifacts store.Artifacts
	Audit     store.Audit
	// Factors are passkeys, authenticator apps, recovery codes and addresses.
	Factors  *factor.Service
	Throttle *throttle.Throttle
	// Consents says whether a user has allowed a client all that it asks for, or need not
	// be asked; nil: nobody has.
	Consents func(ctx context.Context, userID, clientID string, asked consent.Asked) (bool, error)
	// SignOut ends a user's sessions and logins but this run; nil: that is somebody
	// else's affair.
	SignOut func(ctx context.Context, userID, run string) error
	// Upstream are other providers; the zero value: there are none.
	Upstream Upstream
	// Senders deliver one-time codes, by channel: deliver.SMS, deliver.Email. A
	// channel without one is not available.
	Senders map[string]deliver.Sender
	// Resolver finds the addresses that http_fetch connects to; nil: the system's.
	Resolver *net.Resolver
	Now      func() time.Time
	Log      *slog.Logger // nil: nothing is logged
}

// Set answers the capability calls of all steps. It is safe for concurrent use.
type Set struct {
	Config
	table    map[string]handler
	contract contract
	untimed  []string
	fetch    *fetcher
}

// New builds the set.
func New(c Config) *Set {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Set{Config: c, table: table(), contract: published(), untimed: Untimed(), fetch: newFetcher(c.Resolver)}
}
