package backend

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
	"github.com/acrhost/acrhost/host/store/sqlite"
)

// Open opens the store that dsn names: sqlite:PATH, or memory: for one that is
// gone when the process ends. A faulty dsn is never repeated in the error
// beyond its scheme: it may hold a password.
func Open(ctx context.Context, dsn string) (store.Store, error) {
	return OpenWithClock(ctx, dsn, time.Now)
}

// OpenWithClock is Open with the clock by which records expire.
func OpenWithClock(ctx context.Context, dsn string, now func() time.Time) (store.Store, error) {
	scheme, rest, found := strings.Cut(dsn, ":")
	switch {
	case !found:
		return nil, errors.New("the store is named without a scheme; write memory: or sqlite:PATH")
	case scheme == "sqlite" && rest != "":
		db, err := sqlite.OpenWithClock(ctx, rest, now)
		if err != nil {
			return nil, err
		}
		return db, nil
	case scheme == "sqlite":
		return nil, errors.New("store sqlite: has no path; write sqlite:PATH, such as sqlite:acrhost.db")
	case scheme == "memory" && rest == "":
		return memory.NewWithClock(now), nil
	case scheme == "memory":
		return nil, errors.New("store memory: is written with its colon and nothing after it")
	case scheme == "postgres" || scheme == "postgresql":
		return nil, fmt.Errorf("store %s: is not supported yet; use memory: or sqlite:PATH", scheme)
	}
	return nil, fmt.Errorf("unknown store %q; use memory: or sqlite:PATH", scheme)
}
