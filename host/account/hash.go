package account

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/argon2"
)

// ErrBusy means that too many passwords are being checked, and this one's turn did not come.
var ErrBusy = errors.New("too many passwords are being checked")

// Cost is what one password hash takes. Parallelism is always 1: many logins at
// once use all processors anyway.
type Cost struct {
	MemoryKiB  uint32
	Iterations uint32
}

// The default cost is what OWASP's Password Storage Cheat Sheet asks at least for
// argon2id: 19 MiB, 2 iterations.
const (
	defaultMemoryKiB  = 19456
	defaultIterations = 2
)

const (
	threads   = 1
	saltBytes = 16 // RFC 9106 3.1
	sumBytes  = 32
)

// What a hash may cost at most, also one that was imported: a row of the
// database must not take down the host.
const (
	maxMemoryKiB  = 1 << 20 // 1 GiB
	maxIterations = 64
	maxThreads    = 16
)

func (c Cost) orDefault() Cost {
	if c.MemoryKiB == 0 {
		c.MemoryKiB = defaultMemoryKiB
	}
	if c.Iterations == 0 {
		c.Iterations = defaultIterations
	}
	return c
}

func (c Cost) check() error {
	const minMemoryKiB = 8 // RFC 9106 3.1: 8 KiB for each thread
	switch {
	case c.MemoryKiB < minMemoryKiB || c.MemoryKiB > maxMemoryKiB:
		return fmt.Errorf("memory is %d KiB, must be %d to %d", c.MemoryKiB, minMemoryKiB, maxMemoryKiB)
	case c.Iterations < 1 || c.Iterations > maxIterations:
		return fmt.Errorf("iterations are %d, must be 1 to %d", c.Iterations, maxIterations)
	}
	return nil
}

// hash is an argon2id hash of a password.
type hash struct {
	cost    Cost
	threads uint8
	salt    []byte
	sum     []byte
}

// hasher computes hashes, a few at a time: each takes Cost.MemoryKiB, and a flood
// of logins must end in refusals, not in a host without memory.
type hasher struct {
	cost   Cost
	slots  chan struct{}
	wait   time.Duration
	hashed func(Cost)
}

// enter waits for a turn; the caller calls leave after it.
func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, h.wait)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrBusy, ctx.Err())
	}
}

// make hashes a normalized password with a new salt at the current cost.
func (h *hasher) make(ctx context.Context, password []byte) (hash, error) {
	made := hash{cost: h.cost, threads: threads, salt: random(saltBytes)}
	sum, err := h.sum(ctx, password, made, sumBytes)
	made.sum = sum
	return made, err
}

// matches says whether a normalized password is the one of a hash.
func (h *hasher) matches(ctx context.Context, password []byte, of hash) (bool, error) {
	sum, err := h.sum(ctx, password, of, len(of.sum))
	return err == nil && subtle.ConstantTimeCompare(sum, of.sum) == 1, err
}

func (h *hasher) sum(ctx context.Context, password []byte, with hash, size int) ([]byte, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if h.hashed != nil {
		h.hashed(with.cost)
	}
	return argon2.IDKey(password, with.salt, with.cost.Iterations, with.cost.MemoryKiB, with.threads, uint32(size)), nil
}
