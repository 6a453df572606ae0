package oidc_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
)

// receiver is a client's end of the back channel.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	status int // of its answers
	tokens []string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	c := &receiver{status: http.StatusOK}
	c.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if r.Method == http.MethodPost && r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" && r.URL.Path == "/logout" {
			c.tokens = append(c.tokens, r.PostFormValue("logout_token"))
		}
		if c.status == http.StatusFound {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
			return
		}
		w.WriteHeader(c.status)
		_, _ = io.WriteString(w, strings.Repeat("nobody reads this ", 100))
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *receiver) answers(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status = status
}

func (c *receiver) got() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.tokens...)
}

// told is a client that is told by the back channel.
func told(to *receiver, change ...func(*config.Client)) []config.Client {
	c := config.Client{ID: "told", Secret: secret, RedirectURIs: []string{webURI}, PostLogoutRedirectURIs: []string{byeURI}, BackchannelLogoutURI: to.URL + "/logout"}
	for _, f := range change {
		f(&c)
	}
	return append(clients(), c)
}

// inSession makes logins end in a session.
func inSession(s *session.Session) func(*login.Finished) {
	return func(f *login.Finished) { f.SessionKey, f.SessionID = s.Key, s.ID }
}

// signsInAt signs a user in at a client, in a session, and gives the ID token.
func (r *rig) signsInAt(client string, s *session.Session) string {
	r.Helper()
	r.login.change = inSession(s)
	code := r.code(client, url.Values{"redirect_uri": {webURI}})
	got := r.post("/token", exchange(code, url.Values{"redirect_uri": {webURI}, "client_id": nil}), basic(client, secret)).json(r.T)
	return got["id_token"].(string)
}

// newSession is a session of alice's.
func (r *rig) newSession() (*session.Session, *http.Cookie) {
	r.Helper()
	s, cookie, err := r.sessions.Renew(r.Context(), nil, "u-alice", session.Place{}, nil)
	if err != nil {
		r.Fatal(err)
	}
	return s, cookie
}

// deliver is one round of a host.
func (r *rig) deliver() {
	r.Helper()
	if err := r.provider.DeliverLogouts(r.Context()); err != nil {
		r.Fatal(err)
	}
}

// TestConformanceBackchannel: oidcc-backchannel-rp-initiated-logout.
func TestConformanceBackchannel(t *testing.T) {
	t.Run("oidcc-backchannel-rp-initiated-logout", func(t *testing.T) {
		to := newReceiver(t)
		r := newRigWith(t, told(to))
		s, cookie := r.newSession()
		id := r.signsInAt("told", s)
		sid, _ := claims(t, id)["sid"].(string)
		if sid == "" || sid == s.ID {
			t.Fatalf("the ID token's sid is %q", sid)
		}
		r.logout(http.MethodGet, url.Values{"id_token_hint": {id}}, cookie)
		r.deliver()
		r.deliver()
		got := to.got()
		if len(got) != 1 {
			t.Fatalf("told %d times", len(got))
		}
		c := claims(t, got[0])
		if jti, _ := c["jti"].(string); len(jti) < 16 {
			t.Errorf("jti %q", jti)
		}
		delete(c, "jti")
		now := float64(r.clock.now().Unix())
		want := map[string]any{
			"iss": r.server.URL, "sub": "u-alice", "aud": "told", "sid": sid, "iat": now, "exp": now + 120,
			"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
		}
		if diff := cmp.Diff(want, c); diff != "" {
			t.Errorf("the logout token (-want +got):\n%s", diff)
		}
		if typ := headerOf(t, got[0])["typ"]; typ != "logout+jwt" {
			t.Errorf("typ %v", typ)
		}
		// Attack: it passes for nothing else here.
		r.wantSent(r.get("/authorize", good("told", url.Values{"redirect_uri": {webURI}, "id_token_hint": {got[0]}})), "invalid_request")
		if a := r.userinfo(got[0]); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("as an access token: %d", a.StatusCode)
		}
	})
}

func headerOf(t *testing.T, raw string) map[string]any {
	t.Helper()
	first, _, _ := strings.Cut(raw, ".")
	return claims(t, "."+first+".")
}

// Whatever ends a session, its clients are told, and those of other sessions are not.
func TestBackchannelWhateverEnds(t *testing.T) {
	for name, end := range map[string]func(*rig, *session.Session, *session.Session) error{
		"at /account": func(r *rig, s, _ *session.Session) error { return r.sessions.EndOf(r.Context(), "u-alice", s.Key) },
		"all but the other": func(r *rig, _, o *session.Session) error {
			_, err := r.sessions.EndOthers(r.Context(), "u-alice", o.Key)
			return err
		},
		"a changed password": func(r *rig, _, o *session.Session) error {
			_, err := r.sessions.Distrust(r.Context(), "u-alice", o.Key, "")
			return err
		},
		"by another process": func(r *rig, s, _ *session.Session) error {
			return (&session.Store{Artifacts: r.store, Now: r.clock.now}).EndOf(r.Context(), "u-alice", s.Key)
		},
		"another user's login": func(r *rig, s, _ *session.Session) error {
			_, _, err := r.sessions.Renew(r.Context(), s, "u-bob", session.Place{}, nil)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			to := newReceiver(t)
			r := newRigWith(t, told(to))
			s, _ := r.newSession()
			other, _ := r.newSession()
			sid := claims(t, r.signsInAt("told", s))["sid"]
			r.signsInAt("told", other)
			if err := end(r, s, other); err != nil {
				t.Fatal(err)
			}
			r.deliver()
			if got := to.got(); len(got) != 1 || claims(t, got[0])["sid"] != sid {
				t.Errorf("told %d times", len(got))
			}
		})
	}
}

// A session that goes on under another key stays one session; who signed in to it before
// is told when it ends.
func TestBackchannelSessionGoesOn(t *testing.T) {
	to := newReceiver(t)
	r := newRigWith(t, told(to))
	s, _ := r.newSession()
	sid := claims(t, r.signsInAt("told", s))["sid"]
	next, _, err := r.sessions.Renew(t.Context(), s, "u-alice", session.Place{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.deliver()
	if len(to.got()) != 0 {
		t.Error("told of a session that goes on")
	}
	if again := claims(t, r.signsInAt("told", next))["sid"]; again != sid {
		t.Errorf("sid %v, before %v", again, sid)
	}
	if err := r.sessions.EndOf(t.Context(), "u-alice", next.Key); err != nil {
		t.Fatal(err)
	}
	r.deliver()
	if got := to.got(); len(got) != 1 || claims(t, got[0])["sid"] != sid {
		t.Errorf("told %d times", len(got))
	}
}

// A client that is down is tried again, later each time, and then no more; one that
// refuses is not.
func TestBackchannelRetries(t *testing.T) {
	for name, row := range map[string]struct {
		status int
		tries  int
		event  string
	}{
		"busy":        {http.StatusServiceUnavailable, 5, "logout.undelivered"},
		"slow down":   {http.StatusTooManyRequests, 5, "logout.undelivered"},
		"refuses":     {http.StatusBadRequest, 1, "logout.undelivered"},
		"redirects":   {http.StatusFound, 1, "logout.undelivered"},
		"no content":  {http.StatusNoContent, 1, "logout.delivered"},
		"took it all": {http.StatusOK, 1, "logout.delivered"},
	} {
		t.Run(name, func(t *testing.T) {
			to := newReceiver(t)
			to.answers(row.status)
			r := newRigWith(t, told(to))
			s, _ := r.newSession()
			r.signsInAt("told", s)
			if err := r.sessions.EndOf(t.Context(), "u-alice", s.Key); err != nil {
				t.Fatal(err)
			}
			r.deliver()
			r.deliver() // at the same moment: it is not due
			if n := len(to.got()); n != 1 {
				t.Errorf("%d tries at once", n)
			}
			for range 60 {
				r.clock.advance(time.Minute)
				r.deliver()
			}
			if n := len(to.got()); n != row.tries {
				t.Errorf("%d tries, want %d", n, row.tries)
			}
			if events := strings.Join(r.events(), "\n"); strings.Count(events, row.event) != 1 {
				t.Errorf("events:\n%s", events)
			}
		})
	}
}

// A client that was down takes it the second time, with a token that is new.
func TestBackchannelSecondTry(t *testing.T) {
	to := newReceiver(t)
	to.answers(http.StatusBadGateway)
	r := newRigWith(t, told(to))
	s, _ := r.newSession()
	r.signsInAt("told", s)
	if err := r.sessions.EndOf(t.Context(), "u-alice", s.Key); err != nil {
		t.Fatal(err)
	}
	r.deliver()
	to.answers(http.StatusOK)
	r.clock.advance(10 * time.Minute)
	r.deliver()
	r.deliver()
	got := to.got()
	if len(got) != 2 || claims(t, got[1])["exp"].(float64) <= float64(r.clock.now().Unix()) {
		t.Errorf("%d tries", len(got))
	}
}

// Any number of hosts deliver each logout once.
func TestBackchannelHostsDeliverOnce(t *testing.T) {
	to := newReceiver(t)
	r := newRigWith(t, told(to))
	for range 10 {
		s, _ := r.newSession()
		r.signsInAt("told", s)
	}
	if _, err := r.sessions.EndOthers(t.Context(), "u-alice", ""); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := r.provider.DeliverLogouts(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(to.got()); n != 10 {
		t.Errorf("%d deliveries, want 10", n)
	}
}

// A device is not signed out with the browser that let it in, and a client without a
// logout address costs nothing.
func TestBackchannelNobodyToTell(t *testing.T) {
	r := newRig(t)
	s, _ := r.newSession()
	r.signsInAt("web", s)
	if err := r.sessions.EndOf(t.Context(), "u-alice", s.Key); err != nil {
		t.Fatal(err)
	}
	found, err := r.store.Group(t.Context(), store.Logout, session.Fresh, 10)
	if err != nil || len(found) != 0 {
		t.Errorf("%d logouts, %v", len(found), err)
	}
}

// The logout token is as ID tokens are: with the client's own subject and sid, encrypted.
func TestBackchannelPairwiseAndEncrypted(t *testing.T) {
	to := newReceiver(t)
	r := newRigWith(t, told(to, func(c *config.Client) {
		c.SubjectType, c.JWKS, c.IDTokenEncryption = "pairwise", keySet("ES256"), clientkey.Encryption{Alg: "ECDH-ES", Enc: "A128GCM"}
	}))
	s, _ := r.newSession()
	_, id := decrypted(t, r.signsInAt("told", s), "ECDH-ES", "A128GCM", "ES256")
	if err := r.sessions.EndOf(t.Context(), "u-alice", s.Key); err != nil {
		t.Fatal(err)
	}
	r.deliver()
	_, raw := decrypted(t, to.got()[0], "ECDH-ES", "A128GCM", "ES256")
	got, want := claims(t, raw), claims(t, id)
	if got["sub"] != want["sub"] || got["sid"] != want["sid"] || strings.Contains(mustJSON(t, got), "alice") {
		t.Errorf("logout token %v, ID token %v", got, want)
	}
}

// Two clients can't find out by sid that they have the same user.
func TestSidIsTheClientsOwn(t *testing.T) {
	r := newRigWith(t, told(newReceiver(t)))
	s, _ := r.newSession()
	if a, b := claims(t, r.signsInAt("told", s))["sid"], claims(t, r.signsInAt("web", s))["sid"]; a == b || a == nil {
		t.Errorf("sid %v and %v", a, b)
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
