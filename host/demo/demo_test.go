package demo_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/demo"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
)

// site is the demo beside a provider, seen through a browser.
type site struct {
	*provider
	t       *testing.T
	outbox  *memory.Store
	browser *http.Client
	pages   *page.Pages
	log     strings.Builder

	mu   sync.Mutex
	name string // of the page that was rendered last
	view any    // its data
}

// Render keeps what the page would show.
func (s *site) Render(w http.ResponseWriter, status int, name string, data any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.name, s.view = name, data
	s.pages.Render(w, status, name, data)
}

// Trail is that of the grant g_1.
func (s *site) Trail(_ context.Context, grantID string) ([]journey.ACRSet, error) {
	if grantID != "g_1" {
		return nil, store.ErrNotFound
	}
	at := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	return []journey.ACRSet{
		{Value: "1.0", Step: "acr-one", Use: "standard/set-acr", Digest: "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", At: at},
		{Value: "2.0", Step: "acr-two", Use: "standard/set-acr", Digest: "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", At: at.Add(time.Second)},
	}, nil
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, provider: newProvider(t), outbox: memory.New(), browser: newBrowser(t), pages: page.New(page.Config{})}
	d, err := demo.New(demo.Config{
		Issuer:  s.server.URL,
		Clients: []demo.Client{{ID: "demo", Title: "Bank"}, {ID: "demo-levels", Title: "Levels"}},
		Pages:   s, Outbox: s.outbox, Trails: s, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(&s.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	d.Routes(s.router)
	s.pages.Routes(s.router)
	return s
}

func newBrowser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: time.Minute}
}

// answer is what a visit ended with.
type answer struct {
	status int
	url    *url.URL
	header http.Header
	body   string
}

// get visits a path and follows every redirect.
func (s *site) get(path string) answer {
	s.t.Helper()
	return s.visit(s.browser, http.MethodGet, s.server.URL+path, nil)
}

func (s *site) visit(browser *http.Client, method, address string, header http.Header) answer {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, address, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	maps.Copy(request.Header, header)
	response, err := browser.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Request.URL, response.Header, string(body)}
}

// shown is the view of the page that was rendered last.
func (s *site) shown() demo.View {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	view, ok := s.view.(demo.View)
	if !ok || s.name != "demo" {
		s.t.Fatalf("page %q shows %T", s.name, s.view)
	}
	return view
}

func TestHome(t *testing.T) {
	s := newSite(t)
	s.down.Store(true) // the page needs no provider
	response := s.get("/demo")
	want := demo.View{Clients: []demo.Client{{ID: "demo", Title: "Bank"}, {ID: "demo-levels", Title: "Levels"}}}
	if diff := cmp.Diff(want, s.shown()); diff != "" || response.status != http.StatusOK {
		t.Errorf("%d %s", response.status, diff)
	}
}

func TestLogin(t *testing.T) {
	s := newSite(t)
	response := s.get("/demo/login?client=demo-levels&acr_values=+2.5++2.0+&prompt=login")
	if response.status != http.StatusOK || response.url.Path != "/demo/callback" {
		t.Fatalf("%s %d %+v\n%s", response.url, response.status, s.shown().Failure, s.log.String())
	}
	for name, want := range map[string]string{
		"client_id": "demo-levels", "redirect_uri": s.server.URL + "/demo/callback", "response_type": "code",
		"scope": "openid profile email phone", "acr_values": "2.5 2.0", "prompt": "login", "code_challenge_method": "S256",
	} {
		if got := s.asked.Get(name); got != want {
			t.Errorf("asked with %s %q", name, got)
		}
	}
	view := s.shown()
	result := view.Result
	if view.Client != "demo-levels" || view.ACRValues != "2.5 2.0" || result == nil {
		t.Fatalf("view %+v", view)
	}
	if result.Subject != "u_alice" || result.ACR == nil || *result.ACR != "2.0" || result.AMR != "pwd, sms, mfa" || result.AuthTime != "2026-11-23 07:00:00.000 UTC" {
		t.Errorf("result %+v", result)
	}
	trail := []demo.Set{
		{Value: "1.0", Step: "acr-one", Use: "standard/set-acr", Digest: "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", At: "2026-11-23 07:00:00.000 UTC"},
		{Value: "2.0", Step: "acr-two", Use: "standard/set-acr", Digest: "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", At: "2026-11-23 07:00:01.000 UTC"},
	}
	if diff := cmp.Diff(trail, result.Trail); diff != "" {
		t.Error(diff)
	}
	// The claims are shown as they were sent, and indented.
	for text, want := range map[string]string{
		result.IDToken: "\n  \"name\": \"\\u003cAlice\\u003e\"", result.AccessToken: "\n  \"grant_id\": \"g_1\"", result.UserInfo: "\n  \"email\": \"alice@example.com\"",
	} {
		if !strings.Contains(text, want) || !json.Valid([]byte(text)) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
}

func TestNoACR(t *testing.T) {
	s := newSite(t)
	s.bendID = func(c map[string]any) { delete(c, "acr") }
	if s.get("/demo/login?client=demo"); s.shown().Result == nil || s.shown().Result.ACR != nil {
		t.Errorf("view %+v", s.shown())
	}
	if s.asked.Has("acr_values") || s.asked.Has("prompt") {
		t.Errorf("asked %v", s.asked)
	}
}

// Two logins that were begun in one browser both finish.
func TestTwoTabs(t *testing.T) {
	s := newSite(t)
	var answers []string
	stay := *s.browser
	stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	var asked []url.Values
	for range 2 {
		response := s.visit(&stay, http.MethodPost, s.server.URL+"/demo/login?client=demo", nil)
		response = s.visit(&stay, http.MethodGet, response.header.Get("Location"), nil)
		answers, asked = append(answers, response.header.Get("Location")), append(asked, s.asked)
	}
	for i, landing := range answers {
		s.asked = asked[i]
		if s.visit(&stay, http.MethodGet, landing, nil); s.shown().Result == nil {
			t.Errorf("login %d: %+v %s", i, s.shown().Failure, s.log.String())
		}
	}
}

func TestProviderError(t *testing.T) {
	s := newSite(t)
	s.bendAnswer = func(v url.Values) {
		v.Del("code")
		v.Set("error", "unmet_authentication_requirements")
		v.Set("error_description", "<b>no</b>")
	}
	response := s.get("/demo/login?client=demo&acr_values=9")
	failure := s.shown().Failure
	if response.status != http.StatusOK || failure == nil || failure.Code != "unmet_authentication_requirements" || failure.Description != "<b>no</b>" {
		t.Errorf("%d %+v", response.status, failure)
	}
	if s.shown().ACRValues != "9" || s.shown().Client != "demo" {
		t.Errorf("the form forgot what was asked: %+v", s.shown())
	}
}

// Whatever is wrong with an answer, no claim of it is shown.
func TestBentAnswers(t *testing.T) {
	for name, bend := range map[string]func(s *site){
		"another issuer answers":  func(s *site) { s.bendAnswer = func(v url.Values) { v.Set("iss", "https://evil.example") } },
		"no issuer answers":       func(s *site) { s.bendAnswer = func(v url.Values) { v.Del("iss") } },
		"two issuers answer":      func(s *site) { s.bendAnswer = func(v url.Values) { v.Add("iss", "https://evil.example") } },
		"an error without issuer": func(s *site) { s.bendAnswer = func(v url.Values) { v.Set("error", "x"); v.Del("iss") } },
		"another's code":          func(s *site) { s.bendAnswer = func(v url.Values) { v.Set("code", "stolen") } },
		"another nonce":           func(s *site) { s.bendID = func(c map[string]any) { c["nonce"] = "replayed" } },
		"no nonce":                func(s *site) { s.bendID = func(c map[string]any) { delete(c, "nonce") } },
		"another audience":        func(s *site) { s.bendID = func(c map[string]any) { c["aud"] = "other" } },
		"another issuer's token":  func(s *site) { s.bendID = func(c map[string]any) { c["iss"] = "https://evil.example" } },
		"an expired token":        func(s *site) { s.bendID = func(c map[string]any) { c["exp"] = 1 } },
		"a wrong at_hash":         func(s *site) { s.bendID = func(c map[string]any) { c["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" } },
		"another key":             func(s *site) { s.signID = newKey(s.t) },
		"a foreign access token":  func(s *site) { s.bendAccess = func(c map[string]any) { c["iss"] = "https://evil.example" } },
		"another grant":           func(s *site) { s.bendAccess = func(c map[string]any) { c["grant_id"] = "g_2" } },
		"another's userinfo":      func(s *site) { s.bendInfo = func(c map[string]any) { c["sub"] = "u_bob" } },
		"a provider that is down": func(s *site) { s.down.Store(true) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			bend(s)
			response := s.get("/demo/login?client=demo")
			view := s.shown()
			if response.status != http.StatusBadGateway || view.Result != nil || view.Failure == nil || s.log.Len() == 0 {
				t.Errorf("%d %+v", response.status, view)
			}
			if strings.Contains(s.log.String(), "c0de") || strings.Contains(s.log.String(), "eyJ") {
				t.Errorf("log: %s", s.log.String())
			}
		})
	}
}

func TestDiscoveryIsTriedAgain(t *testing.T) {
	s := newSite(t)
	s.down.Store(true)
	s.get("/demo/login?client=demo")
	s.down.Store(false)
	if s.get("/demo/login?client=demo"); s.shown().Result == nil {
		t.Errorf("%+v", s.shown().Failure)
	}
}

func TestTokenErrorIsShown(t *testing.T) {
	s := newSite(t)
	s.tokenError = "invalid_grant"
	s.get("/demo/login?client=demo")
	if f := s.shown().Failure; f == nil || f.Code != "invalid_grant" || f.Description != "the code was used" {
		t.Errorf("%+v", f)
	}
}

// An answer counts once, and only in the browser that began the login.
func TestForeignAndReplayedAnswers(t *testing.T) {
	s := newSite(t)
	stay := *s.browser
	stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response := s.visit(&stay, http.MethodGet, s.server.URL+"/demo/login?client=demo", nil)
	response = s.visit(&stay, http.MethodGet, response.header.Get("Location"), nil)
	landing := response.header.Get("Location")
	refused := func(name string, browser *http.Client, address string) {
		response := s.visit(browser, http.MethodGet, address, nil)
		if response.status != http.StatusBadRequest || s.shown().Result != nil {
			t.Errorf("%s: %d", name, response.status)
		}
	}
	refused("another browser", newBrowser(t), landing)
	refused("another state", &stay, strings.Replace(landing, "state=", "state=x", 1))
	state := s.asked.Get("state")
	refused("a state that only begins alike", &stay, strings.Replace(landing, state, state[:len(state)-1]+"_", 1))
	refused("no state", &stay, s.server.URL+"/demo/callback?code=c0de")
	if s.visit(&stay, http.MethodGet, landing, nil); s.shown().Result == nil {
		t.Fatalf("the browser's own: %+v", s.shown().Failure)
	}
	refused("the same again", &stay, landing)
}

func TestUnknownClient(t *testing.T) {
	s := newSite(t)
	response := s.get("/demo/login?client=bank-web")
	if response.status != http.StatusNotFound || s.asked != nil {
		t.Errorf("%d, asked %v", response.status, s.asked)
	}
}

// Logins that never come back do not fill the browser, and logout clears them.
func TestCookies(t *testing.T) {
	s := newSite(t)
	stay := *s.browser
	stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	at, _ := url.Parse(s.server.URL + "/demo/callback")
	for range 25 {
		response := s.visit(&stay, http.MethodGet, s.server.URL+"/demo/login?client=demo", nil)
		cookie := response.header.Get("Set-Cookie")
		for _, want := range []string{"HttpOnly", "SameSite=Lax", "Path=/demo"} {
			if !strings.Contains(cookie, want) {
				t.Errorf("cookie %q lacks %s", cookie, want)
			}
		}
	}
	if n := len(stay.Jar.Cookies(at)); n == 0 || n > 10 {
		t.Errorf("%d cookies", n)
	}
	response := s.visit(&stay, http.MethodPost, s.server.URL+"/demo/logout", nil)
	if n := len(stay.Jar.Cookies(at)); n != 0 || response.header.Get("Location") != "/demo" {
		t.Errorf("%d cookies after logout, to %q", n, response.header.Get("Location"))
	}
}

// Another name of this machine leads to the issuer's, and shows nothing itself.
func TestAnotherHost(t *testing.T) {
	s := newSite(t)
	if err := s.outbox.AddMessage(t.Context(), store.Message{Text: "123456"}); err != nil {
		t.Fatal(err)
	}
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for method, target := range map[string]string{http.MethodGet: "/demo/outbox?a=b", http.MethodPost: "/demo"} {
		path := "/demo/outbox?a=b"
		if method == http.MethodPost {
			path = "/demo/logout"
		}
		address := strings.Replace(s.server.URL, "127.0.0.1", "localhost", 1) + path
		response := s.visit(stay, method, address, http.Header{"Accept": {"application/json"}})
		if response.status != http.StatusSeeOther || response.header.Get("Location") != s.server.URL+target || strings.Contains(response.body, "123456") {
			t.Errorf("%s: %d %q %s", method, response.status, response.header.Get("Location"), response.body)
		}
	}
}

func TestOutbox(t *testing.T) {
	s := newSite(t)
	asJSON := http.Header{"Accept": {"application/json"}}
	if empty := s.visit(s.browser, http.MethodGet, s.server.URL+"/demo/outbox", asJSON); empty.body != "[]\n" {
		t.Errorf("empty: %q", empty.body)
	}
	at := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	for _, m := range []store.Message{
		{At: at, To: "+15555550101", Channel: "sms", Text: "first"},
		{At: at.Add(time.Second), To: "a@example.com", Channel: "email", Text: "<second>"},
	} {
		if err := s.outbox.AddMessage(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	response := s.visit(s.browser, http.MethodGet, s.server.URL+"/demo/outbox", asJSON)
	var got []map[string]string
	if err := json.Unmarshal([]byte(response.body), &got); err != nil {
		t.Fatal(err)
	}
	want := []map[string]string{
		{"at": "2026-11-23T07:00:01Z", "to": "a@example.com", "channel": "email", "text": "<second>"},
		{"at": "2026-11-23T07:00:00Z", "to": "+15555550101", "channel": "sms", "text": "first"},
	}
	if diff := cmp.Diff(want, got); diff != "" || response.header.Get("Content-Type") != "application/json" || response.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v %s", response.header, diff)
	}
	s.get("/demo/outbox")
	view := demo.OutboxView{Messages: []demo.OutboxMessage{
		{At: "2026-11-23 07:00:01.000 UTC", To: "a@example.com", Channel: "email", Text: "<second>"},
		{At: "2026-11-23 07:00:00.000 UTC", To: "+15555550101", Channel: "sms", Text: "first"},
	}}
	if diff := cmp.Diff(view, s.view); diff != "" || s.name != "outbox" {
		t.Errorf("page %s %s", s.name, diff)
	}
}

// brokenOutbox cannot be read.
type brokenOutbox struct{ store.Outbox }

func (brokenOutbox) Messages(context.Context, int) ([]store.Message, error) {
	return nil, errors.New("disk on fire")
}

func TestOutboxFault(t *testing.T) {
	s := newSite(t)
	d, err := demo.New(demo.Config{Issuer: s.server.URL, Pages: s, Outbox: brokenOutbox{}, Trails: s, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	d.Routes(s.router)
	response := s.get("/demo/outbox")
	if response.status != http.StatusInternalServerError || strings.Contains(s.shown().Failure.Description, "fire") {
		t.Errorf("%d %+v", response.status, s.shown().Failure)
	}
}

func TestNewRefusesAnIssuerThatIsNone(t *testing.T) {
	if _, err := demo.New(demo.Config{Issuer: "localhost"}); err == nil {
		t.Error("the issuer was taken")
	}
}
