package oidc_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
)

// failingStore is a store that fails at one call: the one that brings left to 0.
type failingStore struct {
	*memory.Store
	left  atomic.Int64
	cause error // nil: errStore
}

var errStore = errors.New("the disk of db-7.internal is full")

func (s *failingStore) fail() error {
	if s.left.Add(-1) == 0 {
		return cmp.Or(s.cause, errStore)
	}
	return nil
}

func (s *failingStore) Get(ctx context.Context, kind store.Kind, id string) (store.Record, error) {
	if err := s.fail(); err != nil {
		return store.Record{}, err
	}
	return s.Store.Get(ctx, kind, id)
}

func (s *failingStore) Put(ctx context.Context, r store.Record) (int64, error) {
	if err := s.fail(); err != nil {
		return 0, err
	}
	return s.Store.Put(ctx, r)
}

func (s *failingStore) Take(ctx context.Context, kind store.Kind, id string) (store.Record, error) {
	if err := s.fail(); err != nil {
		return store.Record{}, err
	}
	return s.Store.Take(ctx, kind, id)
}

func (s *failingStore) PutGrant(ctx context.Context, g store.Grant) error {
	if err := s.fail(); err != nil {
		return err
	}
	return s.Store.PutGrant(ctx, g)
}

func (s *failingStore) Grant(ctx context.Context, id string) (store.Grant, error) {
	if err := s.fail(); err != nil {
		return store.Grant{}, err
	}
	return s.Store.Grant(ctx, id)
}

func (s *failingStore) RevokeGrant(ctx context.Context, id string, at time.Time) error {
	if err := s.fail(); err != nil {
		return err
	}
	return s.Store.RevokeGrant(ctx, id, at)
}

func (s *failingStore) User(ctx context.Context, id string) (store.User, error) {
	if err := s.fail(); err != nil {
		return store.User{}, err
	}
	return s.Store.User(ctx, id)
}

// logBuffer is a log that tests read.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// The store fails at every place, one after the other: the answer is server_error
// and nothing else, the reason is in the log and nowhere else.
func TestStoreFailsAnywhere(t *testing.T) { failAnywhere(t, errStore, wantServerError) }

// A store that only has no time is no fault: clients are told to come again, and those that
// do get what they would have got, and no more. Who has used up a code is not told so: to
// come again with it would end the grant.
func TestStoreIsBusyAnywhere(t *testing.T) {
	failAnywhere(t, fmt.Errorf("write to db-7.internal: %w", context.DeadlineExceeded), wantUnavailable)
}

func failAnywhere(t *testing.T, cause error, want func(*testing.T, reply)) {
	for name, act := range map[string]func(r *rig) (attempt func() reply){
		"authorize": func(r *rig) func() reply {
			return func() reply { return r.get("/authorize", good("spa", nil)) }
		},
		"code": func(r *rig) func() reply {
			form := exchange(r.code("spa", nil), nil)
			return func() reply { return r.post("/token", form) }
		},
		"refresh": func(r *rig) func() reply {
			form := refresh(r.tokens(nil)["refresh_token"].(string), nil)
			return func() reply { return r.post("/token", form) }
		},
		"code used twice": func(r *rig) func() reply {
			form := exchange(r.code("spa", nil), nil)
			r.post("/token", form)
			return func() reply { return r.post("/token", form) }
		},
		"wrong verifier": func(r *rig) func() reply {
			form := exchange(r.code("spa", nil), url.Values{"code_verifier": {strings.Repeat("x", 43)}})
			return func() reply { return r.post("/token", form) }
		},
		"client credentials": func(r *rig) func() reply {
			return func() reply { return r.robot("robot", nil) }
		},
		"token exchange": func(r *rig) func() reply {
			raw := r.tokens(nil)["access_token"]
			return func() reply { return r.exchangeAs("api", raw, nil) }
		},
		"device authorization": func(r *rig) func() reply {
			return func() reply {
				return r.post("/device_authorization", url.Values{"client_id": {"tv"}, "scope": {"openid"}})
			}
		},
		"device code": func(r *rig) func() reply {
			d := r.device("tv", nil)
			d.approve()
			return d.poll
		},
		"proof": func(r *rig) func() reply {
			p := r.prover()
			access := p.bound()["access_token"].(string)
			return func() reply { return p.show("GET", "DPoP", access, p.proof("GET", "/userinfo", access)) }
		},
		"userinfo": func(r *rig) func() reply {
			raw := r.tokens(nil)["access_token"].(string)
			return func() reply { return r.userinfo(raw) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			failed := 0
			for n := int64(1); ; n++ {
				r := newRig(t)
				attempt := act(r)
				r.failing.cause = cause
				r.failing.left.Store(n)
				a := attempt()
				if !strings.Contains(r.log.String(), cause.Error()) {
					break // it did not get that far: all places are done
				}
				failed++
				switch once := name == "code" || name == "refresh" || name == "device code"; {
				case (once || name == "wrong verifier") && a.Header.Get("Retry-After") == "" && a.StatusCode == http.StatusInternalServerError:
					wantServerError(t, a)
					oneAtMost(r, attempt)
				case once:
					want(t, a)
					r.clock.advance(10 * time.Second) // a device asks no sooner
					if again := attempt(); again.StatusCode != http.StatusOK {
						t.Errorf("place %d: told to come again: %d %s", n, again.StatusCode, again.body)
					}
				default:
					want(t, a)
				}
			}
			if failed == 0 {
				t.Error("the store was never asked")
			}
		})
	}
}

func wantServerError(t *testing.T, a reply) {
	t.Helper()
	where := a.Header.Get("Location")
	inJSON := a.StatusCode == http.StatusInternalServerError && strings.Contains(a.body, `"error":"server_error"`)
	inRedirect := a.StatusCode == http.StatusSeeOther && strings.Contains(where, "error=server_error")
	if !inJSON && !inRedirect {
		t.Errorf("status %d to %q: %s", a.StatusCode, where, a.body)
	}
	wantNothingTold(t, a)
}

// wantUnavailable: RFC 6749 4.1.2.1 has a word for it, and HTTP a status (RFC 9110 15.6.4).
func wantUnavailable(t *testing.T, a reply) {
	t.Helper()
	where := a.Header.Get("Location")
	inJSON := a.StatusCode == http.StatusServiceUnavailable && a.Header.Get("Retry-After") == "5" && strings.Contains(a.body, `"error":"temporarily_unavailable"`)
	inRedirect := a.StatusCode == http.StatusSeeOther && strings.Contains(where, "error=temporarily_unavailable")
	if !inJSON && !inRedirect {
		t.Errorf("status %d to %q, Retry-After %q: %s", a.StatusCode, where, a.Header.Get("Retry-After"), a.body)
	}
	wantNothingTold(t, a)
}

func wantNothingTold(t *testing.T, a reply) {
	t.Helper()
	where := a.Header.Get("Location")
	if strings.Contains(where+a.body, "db-7") || strings.Contains(a.body, "access_token") || strings.Contains(where, "code=") {
		t.Errorf("the answer tells: %s %s", where, a.body)
	}
}

// oneAtMost tries again after a failure: a client that does so gets tokens once, or
// never, but not twice.
func oneAtMost(r *rig, attempt func() reply) {
	r.Helper()
	won := 0
	for range 3 {
		if attempt().StatusCode == http.StatusOK {
			won++
		}
	}
	if won > 1 {
		r.Errorf("%d tries gave tokens", won)
	}
}

// No secret is in the log, whatever goes well or wrong.
func TestLogHoldsNoSecrets(t *testing.T) {
	r := newRig(t)
	code := r.code("spa", nil)
	got := r.post("/token", exchange(code, nil)).json(t)
	next := r.post("/token", refresh(got["refresh_token"].(string), nil)).json(t)
	r.post("/token", exchange(code, nil))
	r.post("/token", refresh(next["refresh_token"].(string), nil))
	r.post("/token", exchange("a-code-that-nobody-made", nil), basic("web", secret+"x"))
	r.post("/token", exchange(r.code("spa", nil), url.Values{"code_verifier": {strings.Repeat("w", 43)}}))
	r.userinfo(next["access_token"].(string))
	log := r.log.String()
	if !strings.Contains(log, "revoked") {
		t.Fatalf("the log misses what happened: %s", log)
	}
	secrets := []string{code, verifier, secret, "a-code-that-nobody-made", strings.Repeat("w", 43)}
	for _, answer := range []map[string]any{got, next} {
		for _, name := range []string{"access_token", "refresh_token", "id_token"} {
			secrets = append(secrets, answer[name].(string))
		}
	}
	for _, s := range secrets {
		if strings.Contains(log, s) {
			t.Errorf("the log holds %.30s…", s)
		}
	}
}
