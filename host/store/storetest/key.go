package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

func signingKeys(t *testing.T, open Open) {
	s, _ := begin(t, open)
	retired := store.SigningKey{ID: "k0", Alg: "RS256", Sealed: []byte{0}, CreatedAt: start, RetiredAt: start.Add(time.Hour)}
	rs := store.SigningKey{ID: "k1", Alg: "RS256", Sealed: []byte{1, 0}, CreatedAt: start.Add(2 * time.Second)}
	es := store.SigningKey{ID: "k2", Alg: "ES256", Sealed: []byte{2}, CreatedAt: start.Add(time.Second)}
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
