package session_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
)

var began = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)

// home is where logins are.
var home = session.Place{Address: "192.0.2.1", UserAgent: "Firefox"}

// rig is a session store with a clock that tests move.
type rig struct {
	*session.Store
	t   *testing.T
	now time.Time
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, now: began}
	now := func() time.Time { return r.now }
	r.Store = &session.Store{Artifacts: memory.NewWithClock(now), Now: now, TTL: time.Hour}
	return r
}

func request(cookies ...*http.Cookie) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

func (r *rig) lookup(c *http.Cookie) *session.Session {
	r.t.Helper()
	s, err := r.Lookup(request(c))
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

func (r *rig) renew(old *session.Session, user string, fresh ...journey.Evidence) (*session.Session, *http.Cookie) {
	r.t.Helper()
	s, c, err := r.Renew(r.t.Context(), old, user, home, fresh)
	if err != nil {
		r.t.Fatal(err)
	}
	return s, c
}

func proof(method string, minute int) journey.Evidence {
	return journey.Evidence{Method: method, AMR: []string{method}, At: began.Add(time.Duration(minute) * time.Minute), Step: "s", Digest: "sha256:d"}
}

func TestRenew(t *testing.T) {
	r := newRig(t)
	s, c := r.renew(nil, "alice", proof("pwd", 0))
	if diff := cmp.Diff(s, r.lookup(c)); diff != "" {
		t.Errorf("what was found (-made +found):\n%s", diff)
	}
	want := &session.Session{
		Key: store.Key(c.Value), ID: s.ID, UserID: "alice", StartedAt: began, ExpiresAt: began.Add(time.Hour), Place: home,
		Evidence: []journey.Evidence{proof("pwd", 0)},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("session (-want +got):\n%s", diff)
	}

	r.now = began.Add(20 * time.Minute)
	fresh := proof("sms", 20)
	fresh.Session = true // of another run's view; a stored session says it of nothing
	stepped, c2 := r.renew(s, "alice", fresh)
	if c2.Value == c.Value || r.lookup(c) != nil {
		t.Error("the old id lives on")
	}
	if diff := cmp.Diff([]journey.Evidence{proof("pwd", 0), proof("sms", 20)}, r.lookup(c2).Evidence); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
	if !stepped.StartedAt.Equal(began) || !stepped.ExpiresAt.Equal(r.now.Add(time.Hour)) {
		t.Errorf("started %s, expires %s", stepped.StartedAt, stepped.ExpiresAt)
	}

	// The latest of each method counts.
	r.now = began.Add(30 * time.Minute)
	again, _ := r.renew(stepped, "alice", proof("pwd", 30))
	if diff := cmp.Diff([]journey.Evidence{proof("sms", 20), proof("pwd", 30)}, again.Evidence); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
}

func TestAnotherUserInheritsNothing(t *testing.T) {
	r := newRig(t)
	s, c := r.renew(nil, "alice", proof("pwd", 0), proof("sms", 0))
	r.now = began.Add(time.Minute)
	other, _ := r.renew(s, "bob", proof("pwd", 1))
	if diff := cmp.Diff([]journey.Evidence{proof("pwd", 1)}, other.Evidence); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
	if !other.StartedAt.Equal(r.now) {
		t.Errorf("bob's session started at %s", other.StartedAt)
	}
	if r.lookup(c) != nil {
		t.Error("alice's session lives on")
	}
}

// Renewing a session does not make old evidence young.
func TestAge(t *testing.T) {
	r := newRig(t)
	s, _ := r.renew(nil, "alice", proof("pwd", 0))
	r.now = began.Add(50 * time.Minute)
	s, c := r.renew(s, "alice", proof("sms", 50))
	r.now = began.Add(61 * time.Minute)
	if diff := cmp.Diff([]journey.Evidence{proof("sms", 50)}, r.lookup(c).Evidence); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
	s, _ = r.renew(s, "alice", proof("totp", 61))
	if diff := cmp.Diff([]journey.Evidence{proof("sms", 50), proof("totp", 61)}, s.Evidence); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
	r.now = s.ExpiresAt
	if r.lookup(c) != nil {
		t.Error("the session outlives its end")
	}
}

func TestLookupFindsNothing(t *testing.T) {
	r := newRig(t)
	_, c := r.renew(nil, "alice", proof("pwd", 0))
	for name, value := range map[string]string{
		"made up": "AAAAAAAAAAAAAAAAAAAAAAAAAA", "empty": "", "too long": strings.Repeat("A", 10_000),
		"the store's key": store.Key(c.Value), "another case": strings.ToLower(c.Value),
	} {
		if s := r.lookup(&http.Cookie{Name: c.Name, Value: value}); s != nil {
			t.Errorf("%s: found %v", name, s)
		}
	}
	if s, err := r.Lookup(request()); s != nil || err != nil {
		t.Errorf("without a cookie: %v, %v", s, err)
	}
}

func TestEnd(t *testing.T) {
	r := newRig(t)
	_, c := r.renew(nil, "alice", proof("pwd", 0))
	for range 2 { // the second time there is nothing to end
		w := httptest.NewRecorder()
		if err := r.End(w, request(c)); err != nil {
			t.Fatal(err)
		}
		set := w.Result().Cookies()
		if len(set) != 1 || set[0].Name != c.Name || set[0].MaxAge >= 0 || set[0].Value != "" {
			t.Errorf("cookies %v", set)
		}
	}
	if r.lookup(c) != nil {
		t.Error("the session lives on")
	}
	w := httptest.NewRecorder()
	if err := r.End(w, request()); err != nil || len(w.Result().Cookies()) > 0 {
		t.Errorf("without a cookie: %v, %v", err, w.Result().Cookies())
	}
}

func TestCookie(t *testing.T) {
	for _, tt := range []struct {
		secure bool
		name   string
	}{{true, "__Host-acrhost-session"}, {false, "acrhost-session"}} {
		r := newRig(t)
		r.Secure = tt.secure
		_, c := r.renew(nil, "alice", proof("pwd", 0))
		if c.Name != tt.name || c.Secure != tt.secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %s", c)
		}
		if err := c.Valid(); err != nil {
			t.Error(err)
		}
		if len(c.Value) < 26 {
			t.Errorf("the secret has %d characters", len(c.Value))
		}
	}
}

// A store that fails is an error, never a user who is not signed in.
func TestStoreFails(t *testing.T) {
	r := newRig(t)
	s, c := r.renew(nil, "alice", proof("pwd", 0))
	r.Artifacts = failing{r.Artifacts}
	if _, err := r.Lookup(request(c)); !errors.Is(err, errFailing) {
		t.Errorf("lookup: %v", err)
	}
	if _, _, err := r.Renew(t.Context(), s, "alice", home, nil); !errors.Is(err, errFailing) {
		t.Errorf("renew: %v", err)
	}
	if err := r.End(httptest.NewRecorder(), request(c)); !errors.Is(err, errFailing) {
		t.Errorf("end: %v", err)
	}
	if _, err := r.Of(t.Context(), "alice"); !errors.Is(err, errFailing) {
		t.Errorf("list: %v", err)
	}
	if err := r.EndOf(t.Context(), "alice", s.Key); !errors.Is(err, errFailing) {
		t.Errorf("end one: %v", err)
	}
	if _, err := r.EndOthers(t.Context(), "alice", s.Key); !errors.Is(err, errFailing) {
		t.Errorf("end others: %v", err)
	}
}

// Many tabs sign in at once: each gets a session of its own, none is lost.
func TestHammer(t *testing.T) {
	r := newRig(t)
	old, _ := r.renew(nil, "alice", proof("pwd", 0))
	cookies := make([]*http.Cookie, 32)
	var group sync.WaitGroup
	for i := range cookies {
		group.Go(func() {
			_, c, err := r.Renew(t.Context(), old, "alice", home, []journey.Evidence{proof("sms", 0)})
			if err != nil {
				t.Error(err)
			}
			cookies[i] = c
		})
	}
	group.Wait()
	seen := map[string]bool{}
	for _, c := range cookies {
		if s := r.lookup(c); s == nil || len(s.Evidence) != 2 || seen[s.Key] {
			t.Errorf("session %v", s)
		} else {
			seen[s.Key] = true
		}
	}
}

// The cookie's secret is not in the store.
func TestStoreKeepsNoSecret(t *testing.T) {
	r := newRig(t)
	_, c := r.renew(nil, "alice", proof("pwd", 0))
	stored, err := r.Artifacts.Get(t.Context(), store.Session, store.Key(c.Value))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(stored)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text)+string(stored.Data), c.Value) {
		t.Errorf("stored %s", stored.Data)
	}
}
