package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// pending holds a store to what store.Together promises.
func pending(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, store.Store){
		"reads see what was written": readsSeeWrites,
		"refusals are the same":      refusalsAreTheSame,
		"settled is seen by all":     settledIsSeen,
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := begin(t, open)
			test(t, s)
		})
	}
}

func readsSeeWrites(t *testing.T, s store.Store) {
	ctx, pending := store.Together(t.Context())
	version, err := s.Put(ctx, record("a", "group"))
	must(t, err)
	got, err := s.Get(ctx, store.Code, "a")
	must(t, err)
	equal(t, got.Version, version)
	all, err := s.Group(ctx, store.Code, "group", 10)
	must(t, err)
	equal(t, len(all), 1)
	_, err = s.Take(ctx, store.Code, "a")
	must(t, err)
	if _, err := s.Get(ctx, store.Code, "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get of what was taken: %v", err)
	}
	must(t, pending.Settle())
}

func refusalsAreTheSame(t *testing.T, s store.Store) {
	ctx, pending := store.Together(t.Context())
	_, err := s.Put(ctx, record("a", ""))
	must(t, err)
	for range 3 {
		if _, err := s.Put(ctx, record("a", "")); !errors.Is(err, store.ErrConflict) {
			t.Errorf("Put of what exists: %v", err)
		}
	}
	if _, err := s.Take(ctx, store.Code, "b"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Take of nothing: %v", err)
	}
	_, err = s.Put(ctx, record("c", ""))
	must(t, err)
	must(t, pending.Settle())
	_, err = s.Get(t.Context(), store.Code, "c")
	must(t, err)
}

// settledIsSeen has many callers write several records each, as a login does.
func settledIsSeen(t *testing.T, s store.Store) {
	together(t, nil, func(i int) error {
		ctx, pending := store.Together(t.Context())
		for n := range 10 {
			if _, err := s.Put(ctx, record(fmt.Sprint(i, "-", n), "")); err != nil {
				return err
			}
		}
		id := fmt.Sprint("grant ", i)
		if err := s.PutGrant(ctx, store.Grant{ID: id, ExpiresAt: start.Add(time.Hour)}); err != nil {
			return err
		}
		if err := pending.Settle(); err != nil {
			return err
		}
		for n := range 10 {
			if _, err := s.Get(t.Context(), store.Code, fmt.Sprint(i, "-", n)); err != nil {
				return fmt.Errorf("read what was settled: %w", err)
			}
		}
		_, err := s.Grant(t.Context(), id)
		return err
	})
}
