package session_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store/memory"
)

// The browser's state stays while the session does, differs by session, tells nothing of
// the session, and ends with it; without a key there is none.
func TestState(t *testing.T) {
	s := &session.Store{Artifacts: memory.New(), StateKey: []byte("a key")}
	if a := s.State("1"); a == "" || a != s.State("1") || a == s.State("2") || s.State("") != "" {
		t.Errorf("states %q, %q, %q", a, s.State("2"), s.State(""))
	}
	secure := &session.Store{StateKey: []byte("a key"), Secure: true}
	if c := secure.ShowState("1"); c.Name != "__Host-acrhost-state" || !c.Secure || c.Path != "/" || c.Domain != "" {
		t.Errorf("on https: %+v", c)
	}
	c := s.ShowState("1")
	if c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteNoneMode || c.Value != s.State("1") {
		t.Errorf("cookie %+v", c)
	}
	_, cookie, err := s.Renew(t.Context(), nil, "alice", session.Place{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, w := httptest.NewRequest(http.MethodGet, "/", http.NoBody), httptest.NewRecorder()
	r.AddCookie(cookie)
	if err := s.End(w, r); err != nil {
		t.Fatal(err)
	}
	ended := false
	for _, c := range w.Result().Cookies() {
		ended = ended || c.Name == s.StateCookie() && c.MaxAge < 0
	}
	if !ended {
		t.Error("the state outlives the session")
	}
	off := &session.Store{}
	if off.State("1") != "" || off.ShowState("1") != nil {
		t.Error("a state without a key")
	}
}
