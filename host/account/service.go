package account

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/acrhost/acrhost/host/account/breached"
	"github.com/acrhost/acrhost/host/account/passhash"
	"github.com/acrhost/acrhost/host/store"
)

// ErrNameTaken means that another account has this user name.
var ErrNameTaken = errors.New("the name is taken")

// Config is what a Service is built from.
type Config struct {
	Users store.Users // required
	// SignOut ends a user's sessions and logins when the operator changes what they are
	// verified by; nil: that is somebody else's affair.
	SignOut func(ctx context.Context, userID string) error
	// Sealer marks the demo's users; only EnsureDemo needs it.
	Sealer *store.Sealer
	// Audit gets the operator's changes; nil: they are not recorded.
	Audit store.Audit
	// Cost of new password hashes; default 19456 KiB, 2 iterations.
	Cost passhash.Cost
	// Parallel is how many passwords are hashed at once, each with Cost.MemoryKiB;
	// default: one for each processor. The memory of all hashes together is bounded by
	// the two, or by the one imported hash that alone takes more.
	Parallel int
	// Wait is how long a password waits for its turn before ErrBusy; default 5 s.
	Wait time.Duration
	// Now is the clock; default time.Now.
	Now func() time.Time
	// Breached are the passwords that nobody may choose, and that have to be changed
	// at the next login; nil: none.
	Breached *breached.List
	// Hashed, when set, is called for each hash that is computed, with its memory.
	Hashed func(memoryKiB uint32)
}

// Service keeps users. Safe for concurrent use.
type Service struct {
	users    store.Users
	signOut  func(ctx context.Context, userID string) error
	sealer   *store.Sealer
	audit    store.Audit
	now      func() time.Time
	hasher   *hasher
	decoys   *decoys
	breached *breached.List
}

// New builds a Service. It computes no hash, so that a host starts fast.
func New(c Config) (*Service, error) {
	if c.Parallel == 0 {
		c.Parallel = runtime.GOMAXPROCS(0)
	}
	if c.Wait == 0 {
		c.Wait = 5 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.SignOut == nil {
		c.SignOut = func(context.Context, string) error { return nil }
	}
	cost := c.Cost.OrDefault()
	if err := cost.Check(); err != nil {
		return nil, fmt.Errorf("cost of passwords: %w", err)
	}
	return &Service{
		users:    c.Users,
		signOut:  c.SignOut,
		sealer:   c.Sealer,
		audit:    c.Audit,
		now:      c.Now,
		hasher:   newHasher(cost, c.Parallel, c.Wait, c.Hashed),
		decoys:   newDecoys(cost, c.Sealer),
		breached: c.Breached,
	}, nil
}

// Find is a user by any spelling of the name, or store.ErrNotFound.
func (s *Service) Find(ctx context.Context, name string) (store.User, error) {
	return s.users.UserByName(ctx, name)
}

// User is a user by id, or store.ErrNotFound.
func (s *Service) User(ctx context.Context, id string) (store.User, error) {
	return s.users.User(ctx, id)
}

// List returns at most limit users by name, those after that name.
func (s *Service) List(ctx context.Context, after string, limit int) ([]store.User, error) {
	return s.users.ListUsers(ctx, after, limit)
}

// Remove removes a user by id with all credentials, or returns store.ErrNotFound. Their
// sessions end first, as they do for any other reason: clients are told.
func (s *Service) Remove(ctx context.Context, id string) error {
	if _, err := s.users.User(ctx, id); err != nil {
		return err
	}
	if err := s.signOut(ctx, id); err != nil {
		return err
	}
	return s.users.RemoveUser(ctx, id)
}
