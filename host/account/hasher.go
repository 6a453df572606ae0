package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/acrhost/acrhost/host/account/passhash"
)

// ErrBusy means that too many passwords are being checked, and this one's turn did not come.
var ErrBusy = errors.New("too many passwords are being checked")

// hasher computes hashes, a few at a time: a flood of logins must end in refusals,
// not in a host without memory. What it shares out is memory. A new hash takes
// Cost.MemoryKiB, and so does, in this account, a hash of another system that takes
// less: it takes a processor all the same. One that takes more takes as many turns,
// and one that takes more than there is runs alone.
type hasher struct {
	cost     passhash.Cost
	capacity int64 // KiB
	memory   *semaphore.Weighted
	wait     time.Duration
	hashed   func(memoryKiB uint32)
}

func newHasher(cost passhash.Cost, parallel int, wait time.Duration, hashed func(uint32)) *hasher {
	capacity := int64(cost.MemoryKiB) * int64(parallel)
	return &hasher{cost: cost, capacity: capacity, memory: semaphore.NewWeighted(capacity), wait: wait, hashed: hashed}
}

// enter waits for a turn; the caller calls leave after it. Turns come in the order
// in which they were asked for, so that a dear hash gets its own too.
func (h *hasher) enter(ctx context.Context, memoryKiB uint32) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, h.wait)
	defer cancel()
	weight := min(h.capacity, int64(max(memoryKiB, h.cost.MemoryKiB)))
	if err := h.memory.Acquire(ctx, weight); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBusy, err)
	}
	if h.hashed != nil {
		h.hashed(memoryKiB)
	}
	return func() { h.memory.Release(weight) }, nil
}

// make hashes a normalized password with a new salt at the current cost.
func (h *hasher) make(ctx context.Context, password []byte) (passhash.Hash, error) {
	leave, err := h.enter(ctx, h.cost.MemoryKiB)
	if err != nil {
		return nil, err
	}
	defer leave()
	return passhash.New(h.cost, password), nil
}

// matches says whether a normalized password is the one of a hash.
func (h *hasher) matches(ctx context.Context, password []byte, of passhash.Hash) (bool, error) {
	leave, err := h.enter(ctx, of.MemoryKiB())
	if err != nil {
		return false, err
	}
	defer leave()
	return of.Matches(password), nil
}
