package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/acrhost/acrhost/host/store"
)

// callers is how many goroutines want the same thing at once.
const callers = 16

func hammer(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, store.Store){
		"one of many takes":              oneTakes,
		"one of many creates":            oneCreates,
		"no update is lost":              noUpdateIsLost,
		"no change is lost":              noChangeIsLost,
		"one of many gets the name":      oneGetsTheName,
		"one of many adds the key":       oneAddsTheKey,
		"one of many rotates":            oneRotates,
		"revoked is seen with its group": revocationIsAtomic,
		"a caller that left is told so":  cancelledIsTold,
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := begin(t, open)
			test(t, s)
		})
	}
}

// together runs all callers at once and counts those that did not get the
// expected refusal.
func together(t *testing.T, refusal error, call func(i int) error) int {
	t.Helper()
	var won atomic.Int64
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range callers {
		wg.Go(func() {
			<-begin
			switch err := call(i); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, refusal):
				t.Errorf("caller %d: %v", i, err)
			}
		})
	}
	close(begin)
	wg.Wait()
	return int(won.Load())
}

func oneTakes(t *testing.T, s store.Store) {
	for round := range 10 {
		id := strconv.Itoa(round)
		_, err := s.Put(t.Context(), record(id, ""))
		must(t, err)
		won := together(t, store.ErrNotFound, func(int) error {
			_, err := s.Take(t.Context(), store.Code, id)
			return err
		})
		equal(t, won, 1)
	}
}

func oneCreates(t *testing.T, s store.Store) {
	for round := range 10 {
		id := strconv.Itoa(round)
		won := together(t, store.ErrConflict, func(i int) error {
			_, err := s.Put(t.Context(), record(id, strconv.Itoa(i)))
			return err
		})
		equal(t, won, 1)
	}
}

func noUpdateIsLost(t *testing.T, s store.Store) {
	const each = 5
	counter := record("counter", "")
	counter.Data = []byte("0")
	_, err := s.Put(t.Context(), counter)
	must(t, err)
	add := func() error {
		for {
			r, err := s.Get(t.Context(), store.Code, "counter")
			if err != nil {
				return err
			}
			n, err := strconv.Atoi(string(r.Data))
			if err != nil {
				return err
			}
			r.Data = []byte(strconv.Itoa(n + 1))
			if _, err = s.Put(t.Context(), r); !errors.Is(err, store.ErrConflict) {
				return err
			}
		}
	}
	together(t, nil, func(int) error {
		for range each {
			if err := add(); err != nil {
				return err
			}
		}
		return nil
	})
	r, err := s.Get(t.Context(), store.Code, "counter")
	must(t, err)
	equal(t, string(r.Data), strconv.Itoa(callers*each))
}

func oneGetsTheName(t *testing.T, s store.Store) {
	won := together(t, store.ErrConflict, func(i int) error {
		_, err := s.PutUser(t.Context(), user(fmt.Sprintf("u%d", i), []string{"alice", "ALICE"}[i%2]))
		return err
	})
	equal(t, won, 1)
}

func oneAddsTheKey(t *testing.T, s store.Store) {
	won := together(t, store.ErrConflict, func(i int) error {
		return s.AddSigningKey(t.Context(), store.SigningKey{ID: strconv.Itoa(i), Alg: "RS256", Sealed: []byte{1}, CreatedAt: start})
	})
	equal(t, won, 1)
}

func oneRotates(t *testing.T, s store.Store) {
	must(t, s.AddSigningKey(t.Context(), store.SigningKey{ID: "first", Alg: "RS256", Sealed: []byte{1}, CreatedAt: start, SignsAt: start}))
	won := together(t, store.ErrConflict, func(i int) error {
		return s.RotateSigningKey(t.Context(), "first", store.SigningKey{ID: strconv.Itoa(i), Alg: "RS256", Sealed: []byte{1}, CreatedAt: start, SignsAt: start})
	})
	equal(t, won, 1)
}

// revocationIsAtomic: who sees the mark sees no record of the group, at no moment.
func revocationIsAtomic(t *testing.T, s store.Store) {
	for round := range 10 {
		g := fullGrant()
		g.ID = strconv.Itoa(round)
		must(t, s.PutGrant(t.Context(), g))
		for i := range 4 {
			_, err := s.Put(t.Context(), record(fmt.Sprintf("%d/%d", round, i), g.ID))
			must(t, err)
		}
		together(t, nil, func(i int) error {
			if i == 0 {
				return s.RevokeGrant(t.Context(), g.ID, start)
			}
			seen, err := s.Grant(t.Context(), g.ID)
			if err != nil || seen.RevokedAt.IsZero() {
				return err
			}
			if _, err := s.Get(t.Context(), store.Code, fmt.Sprintf("%d/%d", round, i%4)); !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("the grant is revoked, its record lives: %w", err)
			}
			return nil
		})
	}
}

// cancelledIsTold: a caller that gave up either gets the record or an error, and
// what it got nobody else gets.
func cancelledIsTold(t *testing.T, s store.Store) {
	_, err := s.Put(t.Context(), record("a", ""))
	must(t, err)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, first := s.Take(cancelled, store.Code, "a")
	_, second := s.Take(t.Context(), store.Code, "a")
	if (first == nil) == (second == nil) {
		t.Errorf("cancelled: %v, then: %v; want one of them to have it", first, second)
	}
}
