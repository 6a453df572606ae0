package token_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/token"
)

const day = 24 * time.Hour

// schedule is the one of these tests.
func schedule() token.Schedule {
	return token.Schedule{Every: 90 * day, PublishBefore: day, Keep: 12 * time.Hour}
}

// host is one host on a store, with a clock that the test moves.
type host struct {
	*testing.T
	store *keyStore
	keys  *token.Keys
	at    time.Time
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{T: t, store: newStore(), at: at()}
	h.keys = h.another()
	return h
}

func (h *host) another() *token.Keys {
	h.Helper()
	keys, err := token.Open(h.Context(), h.store, sealer(), func() time.Time { return h.at })
	if err != nil {
		h.Fatal(err)
	}
	return keys
}

func (h *host) maintain(keys *token.Keys) (said []string) {
	h.Helper()
	changes, err := keys.Maintain(h.Context(), schedule())
	if err != nil {
		h.Fatal(err)
	}
	for _, c := range changes {
		said = append(said, c.Kind+" "+c.Alg)
	}
	return said
}

// kid is that of the key which signs.
func (h *host) kid(keys *token.Keys, alg string) string {
	h.Helper()
	raw, err := keys.MintAccess(alg, accessToken())
	if err != nil {
		h.Fatal(err)
	}
	return headerOf(h.T, raw)["kid"].(string)
}

func (h *host) states(alg string) (all []string) {
	h.Helper()
	list, err := h.keys.List(h.Context(), schedule().Keep)
	if err != nil {
		h.Fatal(err)
	}
	for _, k := range list {
		if k.Alg == alg {
			all = append(all, string(k.State))
		}
	}
	return all
}

// A new key is in the key set for a day before it signs, and the old one for as long as
// what it signed may live. oidcc-server-rotate-keys asks that clients see the change.
func TestRotationOverlaps(t *testing.T) {
	h := newHost(t)
	first := h.kid(h.keys, token.PS256)
	for _, row := range []struct {
		at      time.Duration
		changes int
		states  []string
	}{
		{89*day - time.Second, 0, []string{"signs"}},
		{89 * day, 4, []string{"signs", "next"}},
		{90*day - time.Second, 0, []string{"signs", "next"}},
		{90 * day, 0, []string{"retiring", "signs"}},
		{90*day + 12*time.Hour - time.Second, 0, []string{"retiring", "signs"}},
		{90*day + 12*time.Hour, 4, []string{"signs"}},
	} {
		h.at = at().Add(row.at)
		if got := len(h.maintain(h.keys)); got != row.changes {
			t.Errorf("after %s: %d changes, want %d", row.at, got, row.changes)
		}
		if diff := cmp.Diff(row.states, h.states(token.PS256)); diff != "" {
			t.Errorf("after %s:\n%s", row.at, diff)
		}
		signsFirst := h.kid(h.keys, token.PS256) == first
		if want := row.states[0] == "signs" && row.at < 90*day; signsFirst != want {
			t.Errorf("after %s the first key signs: %t, want %t", row.at, signsFirst, want)
		}
		published := strings.Contains(string(h.keys.JWKS()), first)
		if want := row.at < 90*day+12*time.Hour; published != want {
			t.Errorf("after %s the first key is published: %t, want %t", row.at, published, want)
		}
	}
}

// What an old key signed is good to its end, and no longer.
func TestWhatAnOldKeySignedIsGoodToItsEnd(t *testing.T) {
	h := newHost(t)
	token1 := accessToken()
	token1.ExpiresAt = at().Add(365 * day)
	raw, err := h.keys.MintAccess(token.EdDSA, token1)
	if err != nil {
		t.Fatal(err)
	}
	h.at = at().Add(89 * day)
	h.maintain(h.keys)
	h.at = at().Add(90*day + time.Hour)
	if _, err := h.keys.VerifyAccess(raw, issuer, issuer); err != nil {
		t.Errorf("while it is retiring: %v", err)
	}
	h.at = at().Add(91 * day)
	h.maintain(h.keys)
	if _, err := h.keys.VerifyAccess(raw, issuer, issuer); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("after its end: %v", err)
	}
}

// A host that was off for a year still publishes a key before it signs.
func TestRotationThatIsLate(t *testing.T) {
	h := newHost(t)
	first := h.kid(h.keys, token.ES256)
	h.at = at().Add(365 * day)
	h.maintain(h.keys)
	if h.kid(h.keys, token.ES256) != first {
		t.Error("the new key signs before anybody can know it")
	}
	h.at = h.at.Add(day)
	if h.kid(h.keys, token.ES256) == first {
		t.Error("the old key still signs")
	}
}

// Of several hosts on one store, one rotates and all sign with the same key.
func TestHostsRotateOnce(t *testing.T) {
	h := newHost(t)
	hosts := []*token.Keys{h.keys, h.another(), h.another(), h.another()}
	h.at = at().Add(89 * day)
	var wg sync.WaitGroup
	for _, keys := range hosts {
		wg.Go(func() {
			if _, err := keys.Maintain(t.Context(), schedule()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(h.store.all(t)); n != 8 {
		t.Errorf("%d keys, want 8", n)
	}
	h.at = at().Add(90 * day)
	for _, keys := range hosts {
		h.maintain(keys)
		if h.kid(keys, token.ES256) != h.kid(h.keys, token.ES256) {
			t.Error("hosts sign with different keys")
		}
	}
}

func TestRotateNow(t *testing.T) {
	h := newHost(t)
	other := h.another()
	old := h.kid(h.keys, token.RS256)
	if _, err := h.keys.Rotate(t.Context(), token.RS256, h.at.Add(day)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.keys.Rotate(t.Context(), token.RS256, h.at.Add(day)); !errors.Is(err, token.ErrInUse) {
		t.Errorf("a second one that waits: %v", err)
	}
	if _, err := h.keys.Rotate(t.Context(), "HS256", h.at); !errors.Is(err, token.ErrNoKey) {
		t.Errorf("an unknown algorithm: %v", err)
	}
	if h.kid(h.keys, token.RS256) != old {
		t.Error("the next key signs too soon")
	}
	if _, err := h.keys.Rotate(t.Context(), token.RS256, h.at); err != nil {
		t.Fatal(err)
	}
	if h.kid(h.keys, token.RS256) == old || h.kid(other, token.RS256) != old {
		t.Error("the new key does not sign here, or signs where it was not read")
	}
	if err := other.Refresh(t.Context()); err != nil || h.kid(other, token.RS256) != h.kid(h.keys, token.RS256) {
		t.Errorf("the other host signs with another key; %v", err)
	}
}

// Of two operators who rotate at the same moment one is told that the other has.
func TestRotateAtTheSameMoment(t *testing.T) {
	h := newHost(t)
	h.store.meanwhile = func() {
		if _, err := h.keys.Rotate(t.Context(), token.RS256, h.at); err != nil {
			t.Error(err)
		}
	}
	_, err := h.keys.Rotate(t.Context(), token.RS256, h.at)
	if !errors.Is(err, store.ErrConflict) || !strings.Contains(err.Error(), "somebody else has just put a key") || len(h.states(token.RS256)) != 2 {
		t.Errorf("%v, keys %v", err, h.states(token.RS256))
	}
}

func TestRetire(t *testing.T) {
	h := newHost(t)
	keep := schedule().Keep
	old := h.kid(h.keys, token.ES256)
	retire := func(id string, now bool) error {
		_, err := h.keys.Retire(t.Context(), id, keep, now)
		return err
	}
	if err := retire(old, false); !errors.Is(err, token.ErrInUse) {
		t.Errorf("one that signs: %v", err)
	}
	if err := retire("nobody", true); !errors.Is(err, token.ErrNoKey) {
		t.Errorf("none: %v", err)
	}
	if _, err := h.keys.Rotate(t.Context(), token.ES256, h.at); err != nil {
		t.Fatal(err)
	}
	if err := retire(old, false); !errors.Is(err, token.ErrInUse) {
		t.Errorf("one whose tokens live: %v", err)
	}
	h.at = h.at.Add(keep)
	if err := retire(old, false); err != nil {
		t.Errorf("one that has ended: %v", err)
	}
	if strings.Contains(string(h.keys.JWKS()), old) {
		t.Error("it is still published")
	}
}

// A key that was stolen is gone at once, whatever state it is in, and another one signs.
func TestRetireStolenKey(t *testing.T) {
	for name, waits := range map[string]bool{"the last": false, "with one that waits": true} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			if waits {
				if _, err := h.keys.Rotate(t.Context(), token.ES256, h.at.Add(day)); err != nil {
					t.Fatal(err)
				}
			}
			raw, err := h.keys.MintAccess(token.ES256, accessToken())
			if err != nil {
				t.Fatal(err)
			}
			stolen := h.kid(h.keys, token.ES256)
			if _, err := h.keys.Retire(t.Context(), stolen, schedule().Keep, true); err != nil {
				t.Fatal(err)
			}
			if _, err := h.keys.VerifyAccess(raw, issuer, issuer); !errors.Is(err, token.ErrInvalid) {
				t.Errorf("what it signed: %v", err)
			}
			if h.kid(h.keys, token.ES256) == stolen || strings.Contains(string(h.keys.JWKS()), stolen) {
				t.Error("the stolen key still signs, or is published")
			}
		})
	}
}

// A clock that is behind the one that made the keys must not stop a host.
func TestClockBehind(t *testing.T) {
	h := newHost(t)
	h.at = h.at.Add(-time.Minute)
	h.kid(h.keys, token.RS256)
}

// Each algorithm signs, and checks what it signed.
func TestAlgorithms(t *testing.T) {
	h := newHost(t)
	for _, alg := range token.Algs() {
		raw, err := h.keys.MintID(alg, idToken())
		if err != nil {
			t.Fatal(err)
		}
		if head := headerOf(t, raw); head["alg"] != alg {
			t.Errorf("%s: header %v", alg, head)
		}
		if _, err := h.keys.VerifyHint(raw, issuer); err != nil {
			t.Errorf("%s: %v", alg, err)
		}
	}
}

// A command takes a key's id as an argument: none may look like a flag.
func TestKeyIDsAreNoFlags(t *testing.T) {
	h := newHost(t)
	for range 300 { // of which five would begin with a dash
		h.at = h.at.Add(time.Second)
		change, err := h.keys.Rotate(t.Context(), token.EdDSA, h.at)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(change.ID, "-") {
			t.Fatalf("key %s", change.ID)
		}
	}
}
