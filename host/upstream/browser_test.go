package upstream_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/host/plugin"
)

// world is a host and the two providers that it knows.
type world struct {
	*testing.T
	acme, other *hosttest.IDP
	issuer      string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, acme: newIDP(t), other: newIDP(t)}
	source := config.Machine()
	source.ReadFile = func(path string) ([]byte, error) {
		text, err := os.ReadFile(path)
		return []byte(strings.NewReplacer("http://127.0.0.1:8090", w.acme.Issuer, "http://127.0.0.1:8091", w.other.Issuer).Replace(string(text))), err
	}
	cfg, err := source.Load("testdata/config.toml")
	if err != nil {
		t.Fatal(err)
	}
	standard := cfg.Plugins["standard"]
	standard.Limits.Timeout = 30 * time.Second // the race detector is slow
	cfg.Plugins["standard"] = standard
	cfg.Store.SealKeyFile = filepath.Join(t.TempDir(), "seal.key")
	cfg.CacheDir = filepath.Join("..", "..", ".cache", "acrhost")
	wasm, err := os.ReadFile(standard.Path)
	if err != nil {
		t.Fatalf("run make plugins first: %v", err)
	}
	issuer, stop, err := hosttest.Serve(t.Context(), cfg, host.Options{StandardDigest: plugin.Digest(wasm)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	w.issuer = issuer
	return w
}

func (w *world) browser() *hosttest.Browser {
	w.Helper()
	b, err := hosttest.NewBrowser(w.issuer)
	if err != nil {
		w.Fatal(err)
	}
	return b
}

func (w *world) get(b *hosttest.Browser, address string) *hosttest.Page {
	w.Helper()
	page, err := b.Get(address)
	if err != nil {
		w.Fatal(err)
	}
	return page
}

// there sends a browser to a provider, and gives the address that it is sent back to.
func (w *world) there(b *hosttest.Browser, client string) string {
	w.Helper()
	return w.back(w.get(b, w.authorize(client, nil)))
}

func (w *world) back(page *hosttest.Page) string {
	w.Helper()
	idp := w.acme
	if strings.HasPrefix(page.URL.String(), w.other.Issuer) {
		idp = w.other
	}
	address, err := idp.Visit(page.URL.String())
	if err != nil {
		w.Fatalf("%v: %s %s", err, page.URL, page.Text())
	}
	return address
}

// authorize is a client's request. What comes of it is read off the answer's parameters.
func (w *world) authorize(client string, extra url.Values) string {
	w.Helper()
	party, err := hosttest.NewParty(w.Context(), w.issuer, client, "", "http://127.0.0.1:5555/callback")
	if err != nil {
		w.Fatal(err)
	}
	return party.Begin(extra).URL
}

// logIn is how a whole login ends: code, or the error.
func (w *world) logIn(client string) string {
	w.Helper()
	b := w.browser()
	return outcome(w.get(b, w.there(b, client)))
}

func outcome(page *hosttest.Page) string {
	switch q := page.Params(); {
	case q.Has("code") && page.URL.Path == "/callback":
		return "code"
	case q.Has("error") && page.URL.Path == "/callback":
		return q.Get("error")
	}
	return http.StatusText(page.Status)
}

func TestReplayedState(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	back := w.there(b, "new")
	if got := outcome(w.get(b, back)); got != "code" {
		t.Fatalf("the first time: %s", got)
	}
	page := w.get(b, back)
	if got := outcome(page); got != "OK" || !strings.Contains(page.Text(), "finished") {
		t.Errorf("the second time: %s %s", got, page.Text())
	}
	if got := outcome(w.get(w.browser(), back)); got != "Forbidden" {
		t.Errorf("in another browser: %s", got)
	}
}

// TestStateOfAnotherBrowser: an attacker can't have a victim end the attacker's login,
// nor end a victim's.
func TestStateOfAnotherBrowser(t *testing.T) {
	w := newWorld(t)
	attacker, victim := w.browser(), w.browser()
	planted := w.there(attacker, "new")
	for name, b := range map[string]*hosttest.Browser{"without cookies": victim, "in a login of its own": w.busy(victim)} {
		if page := w.get(b, planted); outcome(page) != "Forbidden" || len(page.Header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s: %s, cookies %q", name, outcome(page), page.Header.Values("Set-Cookie"))
		}
	}
	if got := outcome(w.get(attacker, planted)); got != "code" {
		t.Errorf("the login that was tried is spoilt: %s", got)
	}
}

// busy is a browser that is in a login.
func (w *world) busy(b *hosttest.Browser) *hosttest.Browser {
	w.Helper()
	w.there(b, "new")
	return b
}

// TestStateOfAnotherRun: two tabs of one browser don't mix.
func TestStateOfAnotherRun(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	first, second := w.there(b, "new"), w.there(b, "new")
	code := func(address, of string) string {
		u, _ := url.Parse(address)
		v, _ := url.Parse(of)
		q := u.Query()
		q.Set("code", v.Query().Get("code"))
		u.RawQuery = q.Encode()
		return u.String()
	}
	// PKCE and the nonce tie a code to the run that asked for it.
	if got := outcome(w.get(b, code(first, second))); got != "access_denied" {
		t.Errorf("a code of the other tab: %s", got)
	}
	if got := outcome(w.get(b, second)); got == "code" {
		t.Errorf("a code that was used up: %s", got)
	}
}

func TestCallbackOfAnotherProvider(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	back := w.there(b, "new")
	for _, change := range []string{"/login/callback/other", "/login/callback/none", "/login/callback/mail"} {
		if got := outcome(w.get(b, strings.Replace(back, "/login/callback/new", change, 1))); got != "Forbidden" {
			t.Errorf("%s: %s", change, got)
		}
	}
	w.acme.Say(hosttest.Says{Answer: func(q url.Values) { q.Set("iss", w.other.Issuer) }})
	if got := w.logIn("new"); got != "access_denied" {
		t.Errorf("iss of the other provider: %s", got)
	}
}

// TestOpenRedirect: nothing in an answer says where the browser goes.
func TestOpenRedirect(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	back := w.there(b, "new")
	for _, address := range []string{
		w.issuer + "/login/callback/new", w.issuer + "/login/callback/new?state=x&code=y", back + "&state=x",
		w.issuer + "/login/callback/https:%2F%2Fevil.example?redirect_uri=https://evil.example", w.issuer + "/login/callback//evil.example",
	} {
		page := w.get(b, address)
		if page.URL.Host != strings.TrimPrefix(w.issuer, "http://") || page.Status < 400 {
			t.Errorf("%s leads to %s, %d", address, page.URL, page.Status)
		}
	}
	page := w.get(b, back+"&redirect_uri=https://evil.example&next=https://evil.example")
	if got := outcome(page); got != "code" || page.URL.Host != "127.0.0.1:5555" {
		t.Errorf("leads to %s", page.URL)
	}
}

// TestErrorWithHTML: nobody is shown what another server says, and a cancelled login is
// told from a failed one.
func TestErrorWithHTML(t *testing.T) {
	w := newWorld(t)
	for code, want := range map[string]string{"access_denied": "login_required", "<script>alert(1)</script>": "access_denied", "server_error": "access_denied"} {
		w.acme.Say(hosttest.Says{Answer: func(q url.Values) {
			q.Del("code")
			q.Set("error", code)
			q.Set("error_description", "<script>alert(2)</script>")
			q.Set("error_uri", "https://evil.example")
		}})
		b := w.browser()
		page := w.get(b, w.there(b, "acme"))
		if got := outcome(page); got != want || strings.Contains(page.URL.String(), "alert") || strings.Contains(page.Text(), "alert") {
			t.Errorf("%s: %s, %s", code, got, page.URL)
		}
	}
}

func TestUnlinked(t *testing.T) {
	w := newWorld(t)
	w.acme.Say(hosttest.Says{ID: map[string]any{"email": "alice@example.com", "email_verified": true, "preferred_username": "alice"}})
	if got := w.logIn("acme"); got != "access_denied" {
		t.Errorf("who was never linked: %s", got)
	}
}

// TestAccountTakeover: an address leads to a user here only when both sides have
// verified it, once, and never to somebody else than the run is about.
func TestAccountTakeover(t *testing.T) {
	w := newWorld(t)
	says := func(sub, email string, verified any) {
		w.acme.Say(hosttest.Says{ID: map[string]any{"sub": sub, "email": email, "email_verified": verified}})
	}
	for name, set := range map[string]func(){
		"not verified":        func() { says("mallory", "alice@example.com", false) },
		"verified, as a text": func() { says("mallory", "alice@example.com", "true") },
		"another domain":      func() { says("mallory", "alice@evil.example", true) },
		"nobody's address":    func() { says("mallory", "carol@example.com", true) },
	} {
		set()
		if got := w.logIn("mail"); got != "access_denied" {
			t.Errorf("%s: %s", name, got)
		}
	}
	says("alice-there", "Alice@Example.com", true)
	if got := w.logIn("mail"); got != "code" {
		t.Errorf("a verified address: %s", got)
	}
	says("mallory", "alice@example.com", true) // who has the address now
	if got := w.logIn("mail"); got != "access_denied" {
		t.Errorf("another user with the address of a linked one: %s", got)
	}
	says("alice-there", "new@elsewhere.example", false)
	if got := w.logIn("mail"); got != "code" {
		t.Errorf("who is linked, with another address: %s", got)
	}
}

// TestAnotherUserThanTheRuns: bob's password and alice's login there are no login.
func TestAnotherUserThanTheRuns(t *testing.T) {
	w := newWorld(t)
	w.acme.Say(hosttest.Says{ID: map[string]any{"sub": "alice-there", "email": "alice@example.com", "email_verified": true}})
	if got := w.logIn("mail"); got != "code" {
		t.Fatalf("alice: %s", got)
	}
	for name, want := range map[string]string{"alice": "code", "bob": "access_denied"} {
		b := w.browser()
		passwords := map[string]string{"alice": "correct horse battery staple", "bob": "winter tulips under glass"}
		page, err := b.Submit(w.get(b, w.authorize("both", nil)), map[string]string{"username": name, "password": passwords[name]})
		if err != nil {
			t.Fatal(err)
		}
		if got := outcome(w.get(b, w.back(page))); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// A page leads to the provider: no form-action must have to name it. Under prompt=none
// there is none, for the client may have us in a frame.
func TestLeavesByAPage(t *testing.T) {
	w := newWorld(t)
	for name, extra := range map[string]url.Values{"page": nil, "redirect": {"prompt": {"none"}}} {
		started := w.step(w.authorize("new", extra), nil)
		shown := w.step(w.issuer+started.header.Get("Location"), started.cookies)
		csp, location := shown.header.Get("Content-Security-Policy"), shown.header.Get("Location")
		asPage := shown.status == http.StatusOK && strings.Contains(csp, "form-action 'self';") && location == ""
		asRedirect := shown.status == http.StatusSeeOther && strings.HasPrefix(location, w.acme.Issuer) && shown.header.Get("Referrer-Policy") == "no-referrer"
		if asPage != (name == "page") || asRedirect != (name == "redirect") || shown.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: status %d, %v", name, shown.status, shown.header)
		}
	}
}

// reply is the answer to one request.
type reply struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
}

// step is one request, without going on.
func (w *world) step(address string, cookies []*http.Cookie) reply {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		w.Fatal(err)
	}
	for _, c := range cookies {
		req.AddCookie(c)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		w.Fatal(err)
	}
	defer res.Body.Close()
	return reply{res.StatusCode, res.Header, res.Cookies()}
}

// A level needs evidence: neither static amr nor what a step says of amr is any.
func TestClaimsALevelWithoutEvidence(t *testing.T) {
	w := newWorld(t)
	if got := w.logIn("strong"); got != "server_error" {
		t.Errorf("without evidence: %s", got)
	}
	w.acme.Say(hosttest.Says{ID: map[string]any{"amr": []string{"hwk"}}})
	if got := w.logIn("strong"); got != "code" {
		t.Errorf("with evidence: %s", got)
	}
	w.acme.Say(hosttest.Says{ID: map[string]any{"amr": []string{"HWK", "hwk2"}}})
	if got := w.logIn("strong"); got != "server_error" {
		t.Errorf("with what looks like evidence: %s", got)
	}
}

// A provider that is down when we start, or hangs later, ends the login and nothing
// else.
func TestProviderDown(t *testing.T) {
	w := newWorld(t)
	w.acme.Say(hosttest.Says{Token: func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusServiceUnavailable) }})
	if got := w.logIn("new"); got != "access_denied" {
		t.Errorf("no tokens: %s", got)
	}
	w.other.Close()
	if got := outcome(w.get(w.browser(), w.authorize("other", nil))); got != "access_denied" {
		t.Errorf("no discovery: %s", got)
	}
}

// auth_time is when the user signed in there.
func TestAuthTime(t *testing.T) {
	w := newWorld(t)
	at := time.Now().Add(-2 * time.Hour).Unix()
	w.acme.Say(hosttest.Says{ID: map[string]any{"auth_time": at}})
	party, err := hosttest.NewParty(t.Context(), w.issuer, "new", "", "http://127.0.0.1:5555/callback")
	if err != nil {
		t.Fatal(err)
	}
	b, attempt := w.browser(), party.Begin(nil)
	tokens, err := party.Finish(t.Context(), attempt, w.get(b, w.back(w.get(b, attempt.URL))).Params())
	if err != nil {
		t.Fatal(err)
	}
	amr, _ := tokens.ID["amr"].([]any)
	if tokens.ID["auth_time"] != float64(at) || !slices.Equal(amr, []any{"pwd"}) {
		t.Errorf("got %v", tokens.ID)
	}
	// Two hours are too many for who asks for one; the provider says so again.
	page := w.get(b, w.back(w.get(b, w.authorize("new", url.Values{"max_age": {"3600"}}))))
	if got := outcome(page); got != "access_denied" || w.acme.Asked().Get("max_age") != "3600" {
		t.Errorf("max_age: %s, asked %v", got, w.acme.Asked())
	}
}
