package host_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/host/plugin"
)

// public is the shipped configuration as it would be on the Internet, behind TLS.
func public(t *testing.T) *host.Host {
	t.Helper()
	cfg := hosttest.Load(t, "../config.toml")
	cfg.Issuer, cfg.SessionManagement = "https://id.example.com", true
	cfg.Registration.On, cfg.Registration.PerMinute, cfg.Registration.InsecureOpen = true, 1000, true
	cfg.Clients = append(cfg.Clients, config.Client{ID: "tv", GrantTypes: []string{deviceGrant}, Scopes: []string{"openid"}, Journey: "bank"})
	path := cfg.Plugins[host.Standard].Path
	wasm, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("run make plugins first: %v", err)
	}
	cfg.CacheDir = filepath.Join(filepath.Dir(path), "..", "..", ".cache", "acrhost")
	h, err := host.Open(t.Context(), cfg, host.Options{StandardDigest: plugin.Digest(wasm)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return h
}

// pageOf is an answer as a page at a path.
func pageOf(t *testing.T, path string, rec *httptest.ResponseRecorder) *hosttest.Page {
	t.Helper()
	at, err := url.Parse("https://id.example.com" + path)
	if err != nil {
		t.Fatal(err)
	}
	return &hosttest.Page{URL: at, Status: rec.Code, Header: rec.Header(), Body: rec.Body.Bytes()}
}

// served answers one request.
func served(t *testing.T, h http.Handler, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, "https://id.example.com"+path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	return rec
}

const formType = "application/x-www-form-urlencoded"

// login is an authorization request of the demo's client.
const login = "/authorize?response_type=code&scope=openid&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&client_id=demo&redirect_uri=http://127.0.0.1:5555/callback"

// TestDefences holds one host to what the Internet demands of every part of it.
func TestDefences(t *testing.T) {
	h := public(t)
	t.Run("cookies", func(t *testing.T) { cookiesOnTheInternet(t, h) })
	t.Run("bodies", func(t *testing.T) { bodiesAreBounded(t, h) })
	t.Run("methods", func(t *testing.T) { methodsAreAnswered(t, h) })
	t.Run("proxy", func(t *testing.T) { formsBehindAProxy(t, h) })
	t.Run("origins", func(t *testing.T) { noScriptOfAnotherOrigin(t, h) })
}

// cookiesOnTheInternet: on https every cookie of the provider has the prefix that no
// other host and no page without TLS can plant (RFC 6265bis 4.1.3.2), is sent over TLS
// only, is hidden from scripts and says where it goes; but for the one that is there for
// other sites' frames.
func cookiesOnTheInternet(t *testing.T, h http.Handler) {
	t.Helper()
	seen := map[string]*http.Cookie{}
	jar := func() string {
		var all []string
		for _, c := range seen {
			all = append(all, c.Name+"="+c.Value)
		}
		return strings.Join(all, "; ")
	}
	visit := func(method, path string, form url.Values) *hosttest.Page {
		t.Helper()
		res := served(t, h, method, path, form.Encode(), "Content-Type", formType, "Cookie", jar(), "Origin", "https://id.example.com")
		for _, c := range res.Result().Cookies() {
			seen[c.Name] = c
		}
		if to := res.Header().Get("Location"); strings.HasPrefix(to, "/login/") {
			res = served(t, h, http.MethodGet, to, "", "Cookie", jar())
			path = to
		}
		return pageOf(t, path, res)
	}
	p := visit(http.MethodGet, login, nil)
	for _, fields := range []map[string]string{{"_action": "password"}, {"username": "alice", "password": "correct horse battery staple"}, {"code": ""}} {
		form, ok := p.Form()
		if !ok {
			t.Fatalf("no form on %s", p.URL)
		}
		for name, value := range fields {
			form.Values.Set(name, value)
		}
		if _, asked := fields["code"]; asked {
			sent := pageOf(t, "/demo/outbox", served(t, h, http.MethodGet, "/demo/outbox", ""))
			form.Values.Set("code", digits(sent.Text()))
		}
		p = visit(http.MethodPost, p.URL.Path, form.Values)
	}
	res := served(t, h, http.MethodPost, "/device_authorization", "client_id=tv&scope=openid", "Content-Type", formType)
	var device map[string]any
	if err := json.NewDecoder(res.Body).Decode(&device); err != nil {
		t.Fatal(err)
	}
	form, _ := visit(http.MethodGet, strings.TrimPrefix(device["verification_uri_complete"].(string), "https://id.example.com"), nil).Form()
	visit(http.MethodPost, "/device", form.Values)
	want := map[string]http.SameSite{
		"__Host-acrhost-browser": http.SameSiteLaxMode, "__Host-acrhost-session": http.SameSiteLaxMode, "__Host-acrhost-device": http.SameSiteLaxMode,
		"__Host-acrhost-letin": http.SameSiteStrictMode,
		"__Host-acrhost-state": http.SameSiteNoneMode, // OpenID Connect Session Management 1.0: frames of other sites, and scripts, read it
	}
	for name, same := range want {
		if c := seen[name]; c == nil || c.SameSite != same {
			t.Errorf("%s: %v", name, c)
		}
	}
	for name, c := range seen {
		state := name == "__Host-acrhost-state"
		if !strings.HasPrefix(name, "__Host-") || c.Path != "/" || !c.Secure || c.HttpOnly == state || c.SameSite == 0 || (c.SameSite == http.SameSiteNoneMode) != state || c.Domain != "" {
			t.Errorf("cookie %s", c)
		}
	}
}

// bodiesAreBounded: nothing that is posted is read past 64 KiB, wherever it is sent.
func bodiesAreBounded(t *testing.T, h http.Handler) {
	t.Helper()
	for _, path := range []string{
		"/authorize", "/token", "/par", "/device_authorization", "/introspect", "/revoke", "/register", "/userinfo", "/logout", "/device", "/device/confirm",
		"/login/r_AAAAAAAAAAAAAAAAAAAAAAAAAA", "/account", "/account/remove",
	} {
		read := &counted{rest: 1 << 20}
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://id.example.com"+path, read)
		req.Header.Set("Content-Type", formType)
		if path == "/register" {
			req.Header.Set("Content-Type", "application/json")
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, req)
		if rec.Code < 400 || rec.Code >= 500 || read.n > 65<<10 {
			t.Errorf("%s: status %d, %d bytes were read", path, rec.Code, read.n)
		}
	}
}

// counted is a long body.
type counted struct{ rest, n int }

func (c *counted) Read(p []byte) (int, error) {
	n := min(len(p), c.rest)
	for i := range n {
		p[i] = 'a'
	}
	c.rest, c.n = c.rest-n, c.n+n
	if c.rest == 0 {
		return n, os.ErrClosed
	}
	return n, nil
}

// noScriptOfAnotherOrigin: pages, and what cookies open, answer no script of another
// origin; the endpoints that take no cookies are tested where they are.
func noScriptOfAnotherOrigin(t *testing.T, h http.Handler) {
	t.Helper()
	for _, path := range []string{
		"/", "/account", "/login/r_AAAAAAAAAAAAAAAAAAAAAAAAAA", "/device", "/logout", "/authorize", "/check-session", "/demo", "/demo/outbox", "/register", "/nothing",
	} {
		for _, method := range []string{http.MethodGet, http.MethodOptions, http.MethodPost} {
			res := served(t, h, method, path, "", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST", "Content-Type", formType)
			for name := range res.Header() {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s %s: %s", method, path, name)
				}
			}
		}
	}
}

// formsBehindAProxy: a proxy that says its own name of the host in Host, as many do, keeps
// nobody from signing in; another site's forms are refused there, too.
func formsBehindAProxy(t *testing.T, h http.Handler) {
	t.Helper()
	for origin, want := range map[string]int{"https://id.example.com": http.StatusOK, "https://evil.example": http.StatusBadRequest} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://id.example.com/device", strings.NewReader("user_code=BCDF-GHJK"))
		req.Host = "127.0.0.1:8080"
		req.Header.Set("Content-Type", formType)
		req.Header.Set("Origin", origin)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, req)
		if rec.Code != want {
			t.Errorf("a form from %s: %d", origin, rec.Code)
		}
	}
}

// methodsAreAnswered: who asks by a method that a place does not have hears which it has; what
// is no method of HTTP's nobody has.
func methodsAreAnswered(t *testing.T, h http.Handler) {
	t.Helper()
	for _, path := range []string{"/", "/authorize", "/token", "/userinfo", "/jwks", "/logout", "/device", "/register", "/login/r_AAAAAAAAAAAAAAAAAAAAAAAAAA", "/account"} {
		for method, want := range map[string]int{http.MethodPatch: http.StatusMethodNotAllowed, http.MethodTrace: http.StatusMethodNotAllowed, "PROPFIND": http.StatusNotImplemented, "get": http.StatusNotImplemented} {
			res := served(t, h, method, path, "")
			if res.Code != want || (res.Header().Get("Allow") != "") != (want == http.StatusMethodNotAllowed) {
				t.Errorf("%s %s: %d, Allow %q", method, path, res.Code, res.Header().Get("Allow"))
			}
		}
	}
	if res := served(t, h, http.MethodHead, "/", ""); res.Code != http.StatusOK {
		t.Errorf("HEAD /: %d", res.Code)
	}
}
