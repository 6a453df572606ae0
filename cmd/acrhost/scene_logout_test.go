package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/rogpeppe/go-internal/testscript"
)

// receiver is the back-channel logout endpoint of a relying party.
type receiver struct {
	server *httptest.Server
	mu     sync.Mutex
	status int     // with which it answers
	heard  []heard // oldest first
}

// heard is a logout token and what it was answered with.
type heard struct {
	token  string
	status int
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard = append(r.heard, heard{req.PostFormValue("logout_token"), r.status})
	w.WriteHeader(r.status)
}

// answered is the last logout token that was answered with a status; empty: none was.
func (r *receiver) answered(status int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := ""
	for _, h := range r.heard {
		if h.status == status {
			last = h.token
		}
	}
	return last
}

// cmdReceiveLogouts: receive-logouts STATUS: the relying party hears of logouts at $LOGOUT,
// and answers so from now on.
func cmdReceiveLogouts(ts *testscript.TestScript, _ bool, args []string) {
	status, err := strconv.Atoi(args[0])
	ts.Check(err)
	s := sceneOf(ts)
	if s.receiver == nil {
		s.receiver = &receiver{}
		s.receiver.server = httptest.NewServer(s.receiver)
		ts.Defer(s.receiver.server.Close)
		ts.Setenv("LOGOUT", s.receiver.server.URL+"/logout")
	}
	s.receiver.mu.Lock()
	defer s.receiver.mu.Unlock()
	s.receiver.status = status
}

// cmdLoggedOut: [!] logged-out STATUS: wait until a logout token was answered with that
// status, which must be of the tab's session (OpenID Connect Back-Channel Logout 1.0, 2.4
// and 2.6); or none was so far.
func cmdLoggedOut(ts *testscript.TestScript, neg bool, args []string) {
	status, err := strconv.Atoi(args[0])
	ts.Check(err)
	s := sceneOf(ts)
	if neg {
		if raw := s.receiver.answered(status); raw != "" {
			ts.Fatalf("heard of a logout: %s", raw)
		}
		return
	}
	for deadline := time.Now().Add(patience); s.receiver.answered(status) == ""; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			ts.Fatalf("no logout was answered with %d; the server says:\n%s", status, s.output)
		}
	}
	ts.Check(s.isLogout(s.receiver.answered(status)))
}

// isLogout says whether a logout token ends the session of the tab's ID token.
func (s *scene) isLogout(raw string) error {
	parsed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return fmt.Errorf("logout token %q: %w", raw, err)
	}
	keys, err := keySet(s.issuer)
	if err != nil {
		return err
	}
	payload, err := parsed.Verify(keys)
	if err != nil {
		return fmt.Errorf("logout token: %w", err)
	}
	var got struct {
		Issuer   string         `json:"iss"`
		Subject  string         `json:"sub"`
		Audience any            `json:"aud"`
		Session  string         `json:"sid"`
		ID       string         `json:"jti"`
		Expires  int64          `json:"exp"`
		Events   map[string]any `json:"events"`
		Nonce    *string        `json:"nonce"`
	}
	if err := json.Unmarshal(payload, &got); err != nil {
		return fmt.Errorf("logout token: %w", err)
	}
	id := s.tab.tokens.ID
	_, event := got.Events["http://schemas.openid.net/event/backchannel-logout"]
	switch {
	case got.Issuer != s.issuer, got.Subject != id["sub"], got.Session == "" || got.Session != id["sid"], got.ID == "" || got.Nonce != nil || !event,
		got.Expires < time.Now().Unix(), fmt.Sprint(got.Audience) != fmt.Sprint(id["aud"]), parsed.Signatures[0].Header.ExtraHeaders["typ"] != "logout+jwt":
		return fmt.Errorf("logout token %s, ID token %v", payload, id)
	}
	return nil
}
