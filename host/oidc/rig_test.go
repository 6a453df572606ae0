package oidc_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/consent"
	"github.com/acrhost/acrhost/host/decrypt"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/oidc"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/relying"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
	"github.com/acrhost/acrhost/host/throttle"
	"github.com/acrhost/acrhost/host/token"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

const (
	spaURI   = "https://spa.example.com/cb"
	byeURI   = "https://spa.example.com/bye?a=1"
	webURI   = "https://web.example.com/cb?tenant=7"
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // RFC 7636 appendix B

	deviceGrant   = "urn:ietf:params:oauth:grant-type:device_code"
	exchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange"
	accessType    = "urn:ietf:params:oauth:token-type:access_token"

	secret = "a secret: 100% ünlike+others&more"
)

// rig is a provider with everything around it.
type rig struct {
	*testing.T
	provider  *oidc.Provider
	server    *httptest.Server
	store     *memory.Store
	keys      *token.Keys
	login     *fakeLogin
	clock     *clock
	failing   *failingStore
	sessions  *session.Store
	published *published
	log       *logBuffer
	book      *relying.Book
	failures  int // that one address may make; 0: many
	// registration is the policy, as tests set it before the provider is made.
	registration config.Registration
	// reachesAll: what registered clients publish is fetched from this machine too.
	reachesAll bool
	decrypt    *decrypt.Keys
	// implicit are the response types beside code that are on.
	implicit []string
}

// rules are those that clients of the store are held to.
func (r *rig) rules(clients []config.Client) *config.Config {
	return &config.Config{
		Issuer: r.server.URL, Clients: clients, Journey: "default",
		Registration: r.registration, InsecureResponseTypes: r.implicit,
		Journeys: map[string]*journey.Definition{"default": {}, "bank": {}}, ACR: config.ACR{Order: []string{"1.0", "2.0", "3.0"}},
	}
}

// clock is a clock that tests move.
type clock struct{ nanos atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(0, c.nanos.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.nanos.Add(int64(d)) }

// signingKeys are made once for all tests: RSA keys are slow to make.
var signingKeys = sync.OnceValue(func() *memory.Store {
	s := memory.New()
	if _, err := token.Open(context.Background(), s, sealer(), time.Now); err != nil {
		panic(err)
	}
	return s
})

func sealer() *store.Sealer {
	s, err := store.NewSealer(make([]byte, store.SealKeySize))
	if err != nil {
		panic(err)
	}
	return s
}

func clients() []config.Client {
	return []config.Client{
		{
			ID: "spa", Name: "The App", PostLogoutRedirectURIs: []string{byeURI}, Journey: "bank", DefaultACRValues: nil,
			RedirectURIs: []string{spaURI, "http://127.0.0.1/cb", "http://[::1]/cb", "http://127.0.0.1:7777/fixed", "http://localhost/cb", "com.example.app:/cb"},
		},
		{ID: "web", Secret: secret, Introspects: []string{"*"}, RedirectURIs: []string{webURI, "http://127.0.0.1/cb"}, IDTokenSignedResponseAlg: token.ES256, AccessTokenAlg: token.RS256},
		{ID: "either", Secret: secret, SecretInBody: true, RedirectURIs: []string{webURI}},
		{ID: "post", Secret: secret, TokenEndpointAuthMethod: "client_secret_post", RedirectURIs: []string{webURI}, RequirePKCE: true},
		{ID: "short", PostLogoutRedirectURIs: []string{byeURI}, RedirectURIs: []string{spaURI}, GrantTypes: []string{"authorization_code"}, Scopes: []string{"openid"}},
		{ID: "strict", RedirectURIs: []string{spaURI}, ACRPolicy: "strict", DefaultACRValues: []string{"2.0", "2.5"}, JourneyByACR: map[string]string{"2.5": "strong"}},
		{ID: "limited", RedirectURIs: []string{spaURI}, AllowedACR: []string{"2.*"}},
		{ID: "closed", RedirectURIs: []string{spaURI}, Journey: "closed", JourneyByACR: map[string]string{}},
		{ID: "objects", RedirectURIs: []string{spaURI}, Journey: "objects", JourneyByACR: map[string]string{}},
		{ID: "nothing", RedirectURIs: []string{spaURI}, Journey: "nothing", JourneyByACR: map[string]string{}},
		{ID: "closed-strict", RedirectURIs: []string{spaURI}, Journey: "closed", ACRPolicy: "strict"},
		{ID: "closed-limited", RedirectURIs: []string{spaURI}, Journey: "closed", AllowedACR: []string{"3.*"}},
		{ID: "minimum-1", RedirectURIs: []string{spaURI}, Journey: "closed", Minimum: "1.0"},
		{ID: "minimum-2", RedirectURIs: []string{spaURI}, Journey: "closed", Minimum: "2.0"},
		{ID: "minimum-3", RedirectURIs: []string{spaURI}, Journey: "closed", Minimum: "3.0"},
		{ID: "bound", RedirectURIs: []string{spaURI}, DPoPBoundAccessTokens: true},
		{ID: "tv", Name: "The Television", GrantTypes: []string{deviceGrant, "refresh_token"}, Scopes: []string{"openid", "email"}, Journey: "tv"},
		{ID: "radio", GrantTypes: []string{deviceGrant}},
		{ID: "robot", Secret: secret, GrantTypes: []string{"client_credentials"}, Scopes: []string{"openid", "email", "offline_access", "jobs", "logs"}},
		{ID: "public-robot", GrantTypes: []string{"client_credentials"}, Scopes: []string{"jobs"}},
		{
			ID: "api", Secret: secret, GrantTypes: []string{exchangeGrant}, Scopes: []string{"openid", "email", "pay"},
			ExchangeAudiences: []string{"https://ledger.example.com", "https://mail.example.com"},
		},
		{ID: "ledger", Secret: secret, GrantTypes: []string{exchangeGrant}, Scopes: []string{"email"}, ExchangeAudiences: []string{"https://vault.example.com"}},
		{ID: "public-api", GrantTypes: []string{exchangeGrant}},
		{ID: "no-code", RedirectURIs: []string{spaURI}, GrantTypes: []string{"refresh_token"}},
	}
}

func newRig(t *testing.T) *rig {
	t.Helper()
	return newRigWith(t, clients())
}

// newRigWith is a rig for other clients.
func newRigWith(t *testing.T, clients []config.Client) *rig {
	t.Helper()
	return newRigFor(t, clients, publish(t))
}

// newRigFor is a rig for clients that publish something.
func newRigFor(t *testing.T, clients []config.Client, site *published, change ...func(*rig)) *rig {
	t.Helper()
	r := &rig{T: t, login: &fakeLogin{}, clock: &clock{}, log: &logBuffer{}}
	for _, c := range change {
		c(r)
	}
	r.published = site
	r.clock.nanos.Store(time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC).UnixNano())
	r.store = memory.NewWithClock(r.clock.now)
	r.failing = &failingStore{Store: r.store}
	var err error
	if r.keys, err = token.Open(t.Context(), signingKeys(), sealer(), r.clock.now); err != nil {
		t.Fatal(err)
	}
	r.sessions = &session.Store{Artifacts: r.store, Now: r.clock.now}
	router := chi.NewRouter()
	r.server = httptest.NewServer(router)
	t.Cleanup(r.server.Close)
	r.book = &relying.Book{Config: r.rules(clients), Store: r.store, Now: r.clock.now}
	r.provider = oidc.New(oidc.Config{
		Issuer: r.server.URL, Clients: clients, ClientFailuresPerMinute: cmp.Or(r.failures, 1000), Stored: r.book, Consents: consent.Ledger{Store: r.store, FirstParty: r.book.SkipsConsent, ScopeOf: oidc.ScopeOf, Now: r.clock.now}, Registration: r.book.Config.Registration, FetchForeign: r.foreign(), Fetch: r.published.fetcher(), InsecureResponseTypes: r.implicit, Journey: "default", JourneyByACR: map[string]string{"3.0": "strongest"},
		Decrypt: r.decrypt, Reach: map[string]journey.Reach{
			"bank": {Values: []string{"2.0"}, Patterns: []string{"*"}}, "strong": {Values: []string{"2.5"}},
			"closed": {Values: []string{"1.0", "2.0"}}, "objects": {Values: []string{"1.0"}, Patterns: []string{"{*"}},
			"nothing": {}, "nobody's": {Values: []string{"9.9"}},
		},
		ACROrder: []string{"1.0", "2.0", "3.0"}, AsksConsent: func(name string) bool { return name == "strongest" },
		Keys: r.keys, Artifacts: r.failing, Grants: r.failing, Users: r.failing, Audit: r.store,
		Throttle: throttle.New(throttle.Config{Artifacts: r.store, Sealer: sealer(), Now: r.clock.now}),
		Sessions: r.sessions, Sealer: sealer(), PairwiseSalt: []byte("a salt of thirty-two bytes, really"), Login: r.login, Pages: fakePages{}, Now: r.clock.now, Log: slog.New(slog.NewJSONHandler(r.log, nil)),
	})
	r.login.provider = r.provider
	r.login.now = r.clock.now
	r.provider.Routes(router)
	r.addUser("u-alice", func(*store.User) {})
	return r
}

func (r *rig) foreign() *clientkey.Fetcher {
	if r.reachesAll {
		return r.published.fetcher()
	}
	return r.published.foreign()
}

func (r *rig) addUser(id string, change func(*store.User)) {
	r.Helper()
	u := store.User{
		ID: id, Name: strings.TrimPrefix(id, "u-"), Email: "alice@example.com", EmailVerified: true, Phone: "+4712345678",
		Claims: map[string]any{"name": "Alice A", "customer_no": "17", "address": map[string]any{"locality": "Oslo", "country": "NO", "door_code": "4711"}}, UpdatedAt: r.clock.now(),
	}
	if old, err := r.store.User(r.Context(), id); err == nil {
		u = old
	}
	change(&u)
	if _, err := r.store.PutUser(r.Context(), u); err != nil {
		r.Fatal(err)
	}
}

// fakeLogin ends every journey at once.
type fakeLogin struct {
	provider *oidc.Provider
	now      func() time.Time
	mu       sync.Mutex
	started  []login.Request
	// change makes the journey end otherwise than with alice and acr 2.0.
	change func(*login.Finished)
	err    error
	// forgets has it keep no start: a fuzz target makes hundreds of thousands.
	forgets bool
}

func (l *fakeLogin) Start(w http.ResponseWriter, r *http.Request, req login.Request) error {
	l.mu.Lock()
	if !l.forgets {
		l.started = append(l.started, req)
	}
	id := fmt.Sprint("r", len(l.started))
	l.mu.Unlock()
	if l.err != nil {
		return l.err
	}
	f := login.Finished{
		Run: &journey.Run{
			ID: id, Journey: req.Journey, Request: req.Request, RawACR: req.RawACR, Interactive: req.Interactive,
			ACR: new("2.0"), Subject: l.subject(), End: &journey.End{Terminal: journey.Success},
			Trail: []journey.ACRSet{{Value: "1.0", Step: "first", Digest: "sha256:1"}, {Value: "2.0", Step: "second", Digest: "sha256:2"}},
		},
		Resume: req.Resume, SessionKey: "session", AuthTime: l.now().Add(-time.Minute), AMR: []string{"pwd", "sms", "mfa"},
	}
	if l.change != nil {
		l.change(&f)
	}
	resp, err := l.provider.Finish(r.Context(), f)
	if err != nil {
		return err
	}
	return fakePages{}.Respond(w, r, resp)
}

// subject is who signs in, unless change says otherwise.
func (*fakeLogin) subject() *abi.Subject { return &abi.Subject{ID: "u-alice", Username: "alice"} }

func (l *fakeLogin) last(t *testing.T) login.Request {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.started) == 0 {
		t.Fatal("no login was started")
	}
	return l.started[len(l.started)-1]
}

func (l *fakeLogin) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.started)
}

// fakePages writes no HTML: a fault is its title, a form is JSON.
type fakePages struct{}

func (fakePages) Fault(w http.ResponseWriter, _ *http.Request, f page.Fault) {
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, "FAULT "+f.Title+"\n"+f.Advice+"\n"+f.Reason)
}

func (fakePages) Logout(w http.ResponseWriter, _ *http.Request, l page.Logout) {
	_, _ = io.WriteString(w, "LOGOUT "+l.Token)
}

func (fakePages) SignedOut(w http.ResponseWriter, _ *http.Request, s page.SignedOut) {
	_, _ = io.WriteString(w, "SIGNED OUT")
	for _, frame := range s.Frames {
		_, _ = io.WriteString(w, "\nFRAME "+frame)
	}
	if s.Next != "" {
		_, _ = io.WriteString(w, "\nNEXT "+s.Next)
	}
}

func (fakePages) CheckSession(w http.ResponseWriter, cookie string) {
	_, _ = io.WriteString(w, "CHECK "+cookie)
}

func (fakePages) DeviceCode(w http.ResponseWriter, _ *http.Request, d page.DeviceCode) {
	_, _ = fmt.Fprintf(w, "CODE %q wrong %v wait %v", d.Code, d.Wrong, d.Wait > 0)
}

func (fakePages) DeviceConfirm(w http.ResponseWriter, _ *http.Request, d page.DeviceConfirm) {
	_, _ = fmt.Fprintf(w, "CONFIRM %s for %s|%s", d.Client, strings.Join(slices.Concat(d.Scopes, d.Claims, d.Details), " "), d.Token)
}

func (fakePages) DeviceDone(w http.ResponseWriter, _ *http.Request, approved bool) {
	_, _ = fmt.Fprintf(w, "DONE %v", approved)
}

func (fakePages) Respond(w http.ResponseWriter, r *http.Request, resp login.Response) error {
	if resp.Mode == "form_post" {
		return json.NewEncoder(w).Encode(resp)
	}
	glue := "?"
	if strings.Contains(resp.URL, "?") {
		glue = "&"
	}
	if resp.Mode == page.ModeFragment {
		glue = "#"
	}
	if len(resp.Params) == 0 {
		glue = ""
	}
	w.Header().Set("Location", resp.URL+glue+resp.Params.Encode())
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// reply is an answer of the server.
type reply struct {
	*http.Response
	body string
}

func (r *rig) do(req *http.Request) reply {
	r.Helper()
	return r.by(http.DefaultTransport, req)
}

func (r *rig) by(transport http.RoundTripper, req *http.Request) reply {
	r.Helper()
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.Fatal(err)
	}
	return reply{resp, string(body)}
}

func (r *rig) get(path string, q url.Values) reply {
	r.Helper()
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, r.server.URL+path+"?"+q.Encode(), http.NoBody)
	if err != nil {
		r.Fatal(err)
	}
	return r.do(req)
}

func (r *rig) post(path string, form url.Values, change ...func(*http.Request)) reply {
	r.Helper()
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, r.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range change {
		c(req)
	}
	return r.do(req)
}

// with makes a request by a transport of its own.
func (r *rig) with(transport http.RoundTripper, method, path string, form url.Values, change ...func(*http.Request)) reply {
	r.Helper()
	req, err := http.NewRequestWithContext(r.Context(), method, r.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range change {
		c(req)
	}
	return r.by(transport, req)
}

// sent are the parameters that the client gets, by whichever mode.
func (a reply) sent(t *testing.T) url.Values {
	t.Helper()
	if a.StatusCode == http.StatusOK {
		var resp login.Response
		if err := json.Unmarshal([]byte(a.body), &resp); err != nil {
			t.Fatalf("no answer to the client: %s", a.body)
		}
		return resp.Params
	}
	where, err := a.Location()
	if err != nil {
		t.Fatalf("status %d, no redirect: %s", a.StatusCode, a.body)
	}
	// By whichever of the two, and never by both.
	sent := where.Query()
	for name, values := range fragment(t, where) {
		if sent.Has(name) {
			t.Errorf("%s is in the query and in the fragment of %s", name, where)
		}
		sent[name] = values
	}
	return sent
}

// fragment are the parameters of an address's fragment, as a client's page reads them.
func fragment(t *testing.T, where *url.URL) url.Values {
	t.Helper()
	values, err := url.ParseQuery(where.EscapedFragment())
	if err != nil {
		t.Fatalf("fragment %q: %v", where.Fragment, err)
	}
	return values
}

// json is the answer as a JSON object.
func (a reply) json(t *testing.T) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(a.body), &m); err != nil {
		t.Fatalf("status %d, not JSON: %q", a.StatusCode, a.body)
	}
	return m
}

// good is an authorization request that works; extra values replace its own, and
// an empty list removes one.
func good(client string, extra url.Values) url.Values {
	sum := sha256.Sum256([]byte(verifier))
	q := url.Values{
		"client_id": {client}, "redirect_uri": {spaURI}, "response_type": {"code"}, "scope": {"openid profile email phone offline_access"},
		"state": {"the state"}, "nonce": {"the nonce"}, "code_challenge_method": {"S256"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])},
	}
	if client == "web" || client == "post" || client == "either" {
		q.Set("redirect_uri", webURI)
	}
	maps.Copy(q, extra)
	return q
}

// code logs in and gives the code.
func (r *rig) code(client string, extra url.Values) string {
	r.Helper()
	code := r.get("/authorize", good(client, extra)).sent(r.T).Get("code")
	if code == "" {
		r.Fatal("no code")
	}
	return code
}

// exchange is a token request that works for spa; extra as in good.
func exchange(code string, extra url.Values) url.Values {
	q := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {spaURI}, "client_id": {"spa"}, "code_verifier": {verifier},
	}
	maps.Copy(q, extra)
	return q
}

// tokens logs in as spa and gives all tokens.
func (r *rig) tokens(extra url.Values) map[string]any {
	r.Helper()
	resp := r.post("/token", exchange(r.code("spa", extra), nil))
	if resp.StatusCode != http.StatusOK {
		r.Fatalf("status %d: %s", resp.StatusCode, resp.body)
	}
	return resp.json(r.T)
}

func refresh(raw string, extra url.Values) url.Values {
	q := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {raw}, "client_id": {"spa"}}
	maps.Copy(q, extra)
	return q
}

// claims reads a token without checking it.
func claims(t *testing.T, raw any) map[string]any {
	t.Helper()
	text, _ := raw.(string)
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		t.Fatalf("not a token: %v", raw)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(payload, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// basic sets the header as RFC 6749 2.3.1 wants it.
func basic(id, secret string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret)) }
}

// events are the types of the audit events, newest first.
func (r *rig) events() []string {
	r.Helper()
	events, err := r.store.Events(r.Context(), 100)
	if err != nil {
		r.Fatal(err)
	}
	var types []string
	for _, e := range events {
		types = append(types, e.Type)
	}
	return types
}

// wantError checks a JSON error.
func (r *rig) wantError(a reply, status int, code string) {
	r.Helper()
	if a.StatusCode != status || a.json(r.T)["error"] != code {
		r.Errorf("got %d %s, want %d %s", a.StatusCode, a.body, status, code)
	}
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Content-Type") != "application/json" {
		r.Errorf("headers %v", a.Header)
	}
	text, _ := a.json(r.T)["error_description"].(string)
	r.wantDescription(text)
}

// description is what RFC 6749 4.1.2.1 and 5.2 let stand in an error_description.
var description = regexp.MustCompile(`^[\x20\x21\x23-\x5b\x5d-\x7e]*$`)

func (r *rig) wantDescription(text string) {
	r.Helper()
	if !description.MatchString(text) {
		r.Errorf("error_description %q", text)
	}
}
