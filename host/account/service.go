package account

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// ErrNameTaken means that another account has this user name.
var ErrNameTaken = errors.New("the name is taken")

// Config is what a Service is built from.
type Config struct {
	Users store.Users // required
	// Sealer marks the demo's users; only EnsureDemo needs it.
	Sealer *store.Sealer
	// Cost of new password hashes; default 19456 KiB, 2 iterations.
	Cost Cost
	// Parallel is how many passwords are hashed at once, each with Cost.MemoryKiB;
	// default: one for each processor.
	Parallel int
	// Wait is how long a password waits for its turn before ErrBusy; default 5 s.
	Wait time.Duration
	// Now is the clock; default time.Now.
	Now func() time.Time
	// Hashed, when set, is called for each hash that was computed, with its cost.
	Hashed func(Cost)
}

// Service keeps users. Safe for concurrent use.
type Service struct {
	users  store.Users
	sealer *store.Sealer
	now    func() time.Time
	hasher *hasher
	// nobody is checked where there is no password: no password matches it.
	nobody hash
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
	cost := c.Cost.orDefault()
	if err := cost.check(); err != nil {
		return nil, fmt.Errorf("cost of passwords: %w", err)
	}
	return &Service{
		users:  c.Users,
		sealer: c.Sealer,
		now:    c.Now,
		hasher: &hasher{cost: cost, slots: make(chan struct{}, c.Parallel), wait: c.Wait, hashed: c.Hashed},
		nobody: hash{cost: cost, threads: threads, salt: random(saltBytes), sum: random(sumBytes)},
	}, nil
}

// NewUser is an account to create.
type NewUser struct {
	Name          string
	Password      string // empty: the user has none, and can't sign in with one
	Email         string
	EmailVerified bool
	Phone         string
	PhoneVerified bool
	Claims        map[string]any
}

// Create adds an account: ErrNameTaken, store.ErrName and ErrPassword say why not.
func (s *Service) Create(ctx context.Context, n NewUser) (store.User, error) {
	user, err := s.create(ctx, rand.Text(), n)
	if err != nil {
		return store.User{}, fmt.Errorf("create user %q: %w", n.Name, err)
	}
	return user, nil
}

func (s *Service) create(ctx context.Context, id string, n NewUser) (store.User, error) {
	// First what is slow and what may be refused: what fails leaves nothing behind.
	var sum hash
	if n.Password != "" {
		var err error
		if sum, err = s.newHash(ctx, n.Password); err != nil {
			return store.User{}, err
		}
	}
	now := s.now()
	user := store.User{
		ID: id, Name: n.Name, Email: n.Email, EmailVerified: n.EmailVerified,
		Phone: n.Phone, PhoneVerified: n.PhoneVerified, Claims: maps.Clone(n.Claims),
		CreatedAt: now, UpdatedAt: now,
	}
	version, err := s.users.PutUser(ctx, user)
	if errors.Is(err, store.ErrConflict) {
		return store.User{}, ErrNameTaken
	}
	if err != nil {
		return store.User{}, err
	}
	user.Version = version
	if n.Password == "" {
		return user, nil
	}
	if err := s.putHash(ctx, id, sum); err != nil {
		return store.User{}, errors.Join(err, s.users.RemoveUser(ctx, id))
	}
	return user, nil
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

// Remove removes a user by id with all credentials, or returns store.ErrNotFound.
func (s *Service) Remove(ctx context.Context, id string) error {
	return s.users.RemoveUser(ctx, id)
}

func random(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return b
}
