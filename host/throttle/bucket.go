package throttle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"

	"github.com/acrhost/acrhost/host/store"
)

// bucket is one counter: where it is kept, and its limit.
type bucket struct {
	by    by
	id    string
	limit limit
}

// rounds is how often a counter is tried to be stored. Who waits in this process
// waits at a lock, so that each conflict is another host's write.
const rounds = 8

// errContended: other hosts kept counting in the same bucket.
var errContended = errors.New("too many attempts at the same moment")

// locks let one goroutine of this process at a time work on a bucket.
type locks struct {
	seed maphash.Seed
	all  [64]sync.Mutex
}

func (l *locks) of(id string) *sync.Mutex {
	return &l.all[maphash.String(l.seed, id)%uint64(len(l.all))]
}

// change puts in a bucket what decide makes of its counter, unless decide says no.
// It gives the version that was stored, 0 when none was.
func (t *Throttle) change(ctx context.Context, b bucket, decide func(counter) (counter, bool)) (int64, error) {
	lock := t.locks.of(b.id)
	lock.Lock()
	defer lock.Unlock()
	for range rounds {
		c, version, err := t.load(ctx, b)
		if err != nil {
			return 0, err
		}
		c, ok := decide(c)
		if !ok {
			return 0, nil
		}
		version, err = t.put(ctx, b, c, version)
		if !errors.Is(err, store.ErrConflict) {
			return version, err
		}
	}
	return 0, errContended
}

// load reads a counter; one that is not there is zero.
func (t *Throttle) load(ctx context.Context, b bucket) (counter, int64, error) {
	record, err := t.c.Artifacts.Get(ctx, store.Throttle, b.id)
	if errors.Is(err, store.ErrNotFound) {
		return counter{}, 0, nil
	}
	if err != nil {
		return counter{}, 0, fmt.Errorf("read attempts by %s: %w", b.by, err)
	}
	var c counter
	if err := json.Unmarshal(record.Data, &c); err != nil {
		return counter{}, 0, fmt.Errorf("decode attempts by %s: %w", b.by, err)
	}
	return c, record.Version, nil
}

func (t *Throttle) put(ctx context.Context, b bucket, c counter, version int64) (int64, error) {
	if c.Count == 0 {
		c.Since, c.Last = t.c.Now(), t.c.Now() // gone at once
	}
	data, err := json.Marshal(c)
	if err != nil {
		return 0, fmt.Errorf("encode attempts by %s: %w", b.by, err)
	}
	version, err = t.c.Artifacts.Put(ctx, store.Record{
		Kind: store.Throttle, ID: b.id, Data: data, Version: version, ExpiresAt: b.limit.expires(c),
	})
	if err != nil {
		return 0, fmt.Errorf("store attempts by %s: %w", b.by, err)
	}
	return version, nil
}
