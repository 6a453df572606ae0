package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

func signingKeys(t *testing.T, open Open) {
	s, _ := begin(t, open)
	retired := store.SigningKey{ID: "k0", Alg: "RS256", Sealed: []byte{0}, CreatedAt: start, SignsAt: start, RetiredAt: start.Add(time.Hour)}
	rs := store.SigningKey{ID: "k1", Alg: "RS256", Sealed: []byte{1, 0}, CreatedAt: start.Add(2 * time.Second), SignsAt: start.Add(time.Minute)}
	es := store.SigningKey{ID: "k2", Alg: "ES256", Sealed: []byte{2}, CreatedAt: start.Add(time.Second), SignsAt: start}
	for _, k := range []store.SigningKey{rs, es, retired} {
		must(t, s.AddSigningKey(t.Context(), k))
	}
	for name, k := range map[string]store.SigningKey{
		"a second key that signs": {ID: "k3", Alg: "RS256", Sealed: []byte{3}},
		"a kid that exists":       {ID: "k0", Alg: "PS256", Sealed: []byte{3}},
	} {
		if err := s.AddSigningKey(t.Context(), k); !errors.Is(err, store.ErrConflict) {
			t.Errorf("%s: %v, want ErrConflict", name, err)
		}
	}
	for range 2 {
		got, err := s.SigningKeys(t.Context())
		must(t, err)
		equal(t, got, []store.SigningKey{retired, es, rs})
		got[0].Sealed[0] = 'X'
	}
}

// rotation: the next key and the end of the last one are one step, and only the last of a
// line has a next one.
func rotation(t *testing.T, open Open) {
	s, _ := begin(t, open)
	key := func(id, alg string, signs time.Duration) store.SigningKey {
		return store.SigningKey{ID: id, Alg: alg, Sealed: []byte(id), CreatedAt: start.Add(signs - time.Minute), SignsAt: start.Add(signs)}
	}
	first, second, other := key("a", "RS256", 0), key("b", "RS256", time.Hour), key("o", "ES256", 0)
	must(t, s.AddSigningKey(t.Context(), first))
	must(t, s.AddSigningKey(t.Context(), other))
	must(t, s.RotateSigningKey(t.Context(), "a", second))
	for name, row := range map[string]struct {
		last string
		next store.SigningKey
	}{
		"after one that has a next":    {"a", key("c", "RS256", time.Hour)},
		"after one that is not":        {"z", key("c", "RS256", time.Hour)},
		"after one of another kind":    {"o", key("c", "RS256", time.Hour)},
		"with an id that was used":     {"b", key("a", "RS256", time.Hour)},
		"with its own id":              {"b", key("b", "RS256", time.Hour)},
		"with an id of another's line": {"b", key("o", "RS256", time.Hour)},
	} {
		if err := s.RotateSigningKey(t.Context(), row.last, row.next); !errors.Is(err, store.ErrConflict) {
			t.Errorf("%s: %v, want ErrConflict", name, err)
		}
	}
	first.RetiredAt = second.SignsAt
	got, err := s.SigningKeys(t.Context())
	must(t, err)
	equal(t, got, []store.SigningKey{first, other, second})

	// One that signs before another that waits: nothing signs after it.
	third := key("c", "RS256", time.Minute)
	must(t, s.RotateSigningKey(t.Context(), "b", third))
	first.RetiredAt, second.RetiredAt = third.SignsAt, third.SignsAt
	got, err = s.SigningKeys(t.Context())
	must(t, err)
	equal(t, got, []store.SigningKey{first, other, third, second})

	must(t, s.RemoveSigningKey(t.Context(), "a"))
	if err := s.RemoveSigningKey(t.Context(), "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	got, err = s.SigningKeys(t.Context())
	must(t, err)
	equal(t, got, []store.SigningKey{other, third, second})
}

func secrets(t *testing.T, open Open) {
	s, _ := begin(t, open)
	if _, err := s.Secret(t.Context(), "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
	must(t, s.AddSecret(t.Context(), "a", []byte{1, 0}))
	must(t, s.AddSecret(t.Context(), "b", []byte{2}))
	if err := s.AddSecret(t.Context(), "a", []byte{3}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("twice: %v", err)
	}
	got, err := s.Secret(t.Context(), "a")
	must(t, err)
	equal(t, got, []byte{1, 0})
}
