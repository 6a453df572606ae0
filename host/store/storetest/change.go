package storetest

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// changes holds Artifacts.Change to the law.
func changes(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, store.Store, *clock){
		"reads in order and stores":     changeStores,
		"an error changes nothing":      changeRefuses,
		"only what was read is stored":  changeIsBounded,
		"what has expired is not there": changeOfExpired,
	} {
		t.Run(name, func(t *testing.T) {
			s, c := begin(t, open)
			test(t, s, c)
		})
	}
}

// keep has a change store all that it reads, with new data.
func keep(data string) func([]store.Record) ([]store.Record, error) {
	return func(found []store.Record) ([]store.Record, error) {
		for i := range found {
			found[i].Data, found[i].ExpiresAt = []byte(data), start.Add(time.Hour)
		}
		return found, nil
	}
}

func changeStores(t *testing.T, s store.Store, _ *clock) {
	version, err := s.Put(t.Context(), record("b", "group"))
	must(t, err)
	stored, err := s.Change(t.Context(), store.Code, []string{"c", "b", "a"}, func(found []store.Record) ([]store.Record, error) {
		for i, want := range []store.Record{{Kind: store.Code, ID: "c"}, {Kind: store.Code, ID: "b", Version: version}, {Kind: store.Code, ID: "a"}} {
			equal(t, []any{found[i].Kind, found[i].ID, found[i].Version}, []any{want.Kind, want.ID, want.Version})
		}
		all, err := keep("new")(found)
		return all[1:], err
	})
	must(t, err)
	equal(t, len(stored), 2)
	for _, r := range stored {
		got, err := s.Get(t.Context(), store.Code, r.ID)
		must(t, err)
		equal(t, got.Version, r.Version)
		equal(t, string(got.Data), "new")
	}
	if _, err := s.Get(t.Context(), store.Code, "c"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what was only read: %v", err)
	}
	if _, err := s.Put(t.Context(), store.Record{Kind: store.Code, ID: "b", Version: version, ExpiresAt: start.Add(time.Hour)}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("Put with the version before: %v", err)
	}
}

func changeRefuses(t *testing.T, s store.Store, _ *clock) {
	_, err := s.Put(t.Context(), record("a", ""))
	must(t, err)
	no := errors.New("no")
	stored, err := s.Change(t.Context(), store.Code, []string{"a"}, func(found []store.Record) ([]store.Record, error) {
		found[0].Data = []byte("new")
		return found, no
	})
	if !errors.Is(err, no) || stored != nil {
		t.Errorf("Change = %v, %v", stored, err)
	}
	got, err := s.Get(t.Context(), store.Code, "a")
	must(t, err)
	equal(t, got.Data, record("a", "").Data)
}

func changeIsBounded(t *testing.T, s store.Store, _ *clock) {
	for name, decide := range map[string]func(store.Record) []store.Record{
		"another id":   func(r store.Record) []store.Record { r.ID = "b"; return []store.Record{r} },
		"another kind": func(r store.Record) []store.Record { r.Kind = store.Run; return []store.Record{r} },
		"twice":        func(r store.Record) []store.Record { return []store.Record{r, r} },
		"for ever":     func(r store.Record) []store.Record { r.ExpiresAt = time.Time{}; return []store.Record{r} },
	} {
		_, err := s.Change(t.Context(), store.Code, []string{"a"}, func(found []store.Record) ([]store.Record, error) {
			found[0].ExpiresAt = start.Add(time.Hour)
			return decide(found[0]), nil
		})
		if err == nil {
			t.Errorf("%s is stored", name)
		}
		for _, id := range []string{"a", "b"} {
			if _, err := s.Get(t.Context(), store.Code, id); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: then %s: %v", name, id, err)
			}
		}
	}
}

func changeOfExpired(t *testing.T, s store.Store, c *clock) {
	r := record("a", "")
	r.ExpiresAt = start.Add(time.Minute)
	version, err := s.Put(t.Context(), r)
	must(t, err)
	c.advance(time.Minute)
	stored, err := s.Change(t.Context(), store.Code, []string{"a"}, func(found []store.Record) ([]store.Record, error) {
		equal(t, found, []store.Record{{Kind: store.Code, ID: "a"}})
		return keep("new")(found)
	})
	must(t, err)
	if stored[0].Version <= version {
		t.Errorf("version %d, and %d before it expired", stored[0].Version, version)
	}
}

// noChangeIsLost counts in two records by many callers at once, half of them together.
func noChangeIsLost(t *testing.T, s store.Store) {
	ids := []string{"a", "b"}
	together(t, nil, func(i int) error {
		ctx, settle := t.Context(), func() error { return nil }
		if i%2 == 0 {
			var pending *store.Pending
			ctx, pending = store.Together(ctx)
			settle = pending.Settle
		}
		for range 5 {
			if _, err := s.Change(ctx, store.Code, ids, increment); err != nil {
				return err
			}
		}
		return settle()
	})
	for _, id := range ids {
		r, err := s.Get(context.Background(), store.Code, id)
		must(t, err)
		equal(t, string(r.Data), strconv.Itoa(5*callers))
	}
}

func increment(found []store.Record) ([]store.Record, error) {
	for i, r := range found {
		n, _ := strconv.Atoi(string(r.Data)) // 0 for the first
		found[i].Data, found[i].ExpiresAt = []byte(strconv.Itoa(n+1)), start.Add(time.Hour)
	}
	return found, nil
}
