package factor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/store"
)

// The kinds of credentials, as store.Credential has them.
const (
	Password = "password" // kept by host/account
	Passkey  = "passkey"
	TOTP     = "totp"
	Recovery = "recovery"
)

// MaxOfKind is how many credentials of one kind a user may have.
const MaxOfKind = 20

// MaxName bounds the name that a user gives a factor, in bytes.
const MaxName = 64

// Errors that callers tell apart.
var (
	// ErrRefused: what the user sent does not prove what it should. The text is for
	// the operator's log and holds nothing that was sent.
	ErrRefused = errors.New("refused")
	// ErrNotBegun is an ErrRefused: the run has begun nothing of the kind for the user, or
	// too long ago.
	ErrNotBegun = fmt.Errorf("%w: not begun", ErrRefused)
	// ErrNone: the user has no such factor, or this host can't use the kind.
	ErrNone = errors.New("no such factor")
	// ErrTooMany: the user has MaxOfKind of the kind.
	ErrTooMany = errors.New("too many factors of this kind")
	// ErrLast: the user can't do without the factor.
	ErrLast = errors.New("this is the last of its use")
	// ErrAddress: this is no address of the channel.
	ErrAddress = errors.New("no such address")
	// ErrWeak: what was verified of the user is too weak, or too old, to change factors.
	ErrWeak = errors.New("not verified well enough to change factors")
)

// Config is what a Service is built from. All of it is required but Passkeys, Rule
// and Log.
type Config struct {
	Users     store.Users
	Artifacts store.Artifacts
	Audit     store.Audit
	Sealer    *store.Sealer
	// Senders tell users what changed, by channel.
	Senders map[string]deliver.Sender
	// Name is what authenticators call this provider.
	Name     string
	Passkeys Passkeys
	Rule     Rule
	Now      func() time.Time
	Log      *slog.Logger // nil: nothing is logged
}

// Service keeps factors. It is safe for concurrent use.
type Service struct {
	Config
	passkeys *relyingParty // nil: this host can't use passkeys
}

// New builds a Service. An issuer whose host is an address can't have passkeys
// (WebAuthn 5.1.2: an RP ID is a domain): that is logged, and no error.
func New(c Config) (*Service, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{Config: c}
	var err error
	if s.passkeys, err = newRelyingParty(c); err != nil {
		return nil, fmt.Errorf("set up passkeys: %w", err)
	}
	if s.passkeys == nil {
		c.Log.Warn("no passkeys: the issuer's host is not a domain", "hint", "use a name, such as localhost, in the issuer")
	}
	return s, nil
}

// owner is a user who may sign in, with the credentials of one kind.
func (s *Service) owner(ctx context.Context, userID, kind string) (store.User, []store.Credential, error) {
	user, all, err := s.owned(ctx, userID)
	if err != nil {
		return store.User{}, nil, err
	}
	return user, slices.DeleteFunc(all, func(c store.Credential) bool { return c.Kind != kind }), nil
}

// owned is a user who may sign in, with all their credentials.
func (s *Service) owned(ctx context.Context, userID string) (store.User, []store.Credential, error) {
	user, err := s.user(ctx, userID)
	if err != nil {
		return store.User{}, nil, err
	}
	all, err := s.Users.Credentials(ctx, userID)
	if err != nil {
		return store.User{}, nil, fmt.Errorf("read credentials: %w", err)
	}
	return user, all, nil
}

// user is a user who may sign in, or ErrNone.
func (s *Service) user(ctx context.Context, userID string) (store.User, error) {
	user, err := s.Users.User(ctx, userID)
	if errors.Is(err, store.ErrNotFound) || err == nil && user.Disabled {
		return store.User{}, ErrNone
	}
	if err != nil {
		return store.User{}, fmt.Errorf("read user: %w", err)
	}
	return user, nil
}

// add keeps a new credential of a user.
func (s *Service) add(ctx context.Context, user store.User, c store.Credential, before int) error {
	if before >= MaxOfKind {
		return ErrTooMany
	}
	c.UserID, c.CreatedAt = user.ID, s.Now().UTC()
	_, err := s.Users.PutCredential(ctx, c)
	if errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("%w: it is somebody's already", ErrRefused)
	}
	if err != nil {
		return fmt.Errorf("keep %s: %w", c.Kind, err)
	}
	s.changed(ctx, user, Change{Event: "factor.added", Kind: c.Kind, Name: c.Label})
	return nil
}

// named is the name that a user gave a factor, or the one to use without.
func named(name, without string) string {
	name = cleanName(name)
	return cmp.Or(name, without)
}
