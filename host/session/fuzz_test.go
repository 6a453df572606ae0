package session_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store/memory"
)

// FuzzCookies: whatever a browser sends as its cookies, a session is found by its whole
// secret alone, and ending what was sent ends no other.
func FuzzCookies(f *testing.F) {
	now := func() time.Time { return began }
	s := &session.Store{Artifacts: memory.NewWithClock(now), Now: now, TTL: time.Hour}
	kept, cookie, err := s.Renew(f.Context(), nil, "alice", home, nil)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		cookie.Name + "=" + cookie.Value, cookie.Name + `="` + cookie.Value + `"`, cookie.Name + "=x; " + cookie.Name + "=" + cookie.Value,
		"__Host-" + cookie.Name + "=" + cookie.Value, cookie.Name + "=" + kept.Key, cookie.Name + "=" + cookie.Value[:8],
		cookie.Name + "=" + strings.ToLower(cookie.Value), cookie.Name + "=" + strings.Repeat("A", 5000), ";;==\x00", "\xff=\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.Header["Cookie"] = []string{header}
		found, err := s.Lookup(r)
		if err != nil {
			t.Fatal(err)
		}
		if whole := strings.Contains(header, cookie.Value); found != nil && (!whole || found.Key != kept.Key) {
			t.Errorf("%q finds %+v", header, found)
		} else if whole {
			return
		}
		if err := s.End(httptest.NewRecorder(), r); err != nil {
			t.Fatal(err)
		}
		if found, err := s.Lookup(request(cookie)); err != nil || found == nil {
			t.Fatalf("%q ended alice's session: %v", header, err)
		}
	})
}
