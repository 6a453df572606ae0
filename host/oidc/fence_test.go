package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/oidc"
)

// Attack: one address tries secrets, and floods what is kept. Clients that prove
// themselves, and users at their browsers, do not feel it.
func TestRequestsAreBoundedByAddress(t *testing.T) {
	r := newRigFor(t, clients(), publish(t), func(r *rig) { r.failures = 10 })
	try := func(path string, form url.Values, change ...func(*http.Request)) int {
		return r.post(path, form, change...).StatusCode
	}
	for range 10 {
		if got := try("/token", exchange("c", nil), basic("web", "wrong")); got != http.StatusBadRequest && got != http.StatusUnauthorized {
			t.Fatalf("status %d", got)
		}
	}
	for path, id := range map[string]string{"/token": "nobody", "/introspect": "nobody", "/revoke": "nobody", "/par": "spa", "/device_authorization": "spa"} {
		a := r.post(path, url.Values{"client_id": {id}, "token": {"t"}})
		r.wantError(a, http.StatusTooManyRequests, "temporarily_unavailable")
		if a.Header.Get("Retry-After") != "6" {
			t.Errorf("%s: Retry-After %q", path, a.Header.Get("Retry-After"))
		}
	}
	if got := r.get("/authorize", good("spa", nil)); got.StatusCode != http.StatusSeeOther {
		t.Errorf("/authorize: %d", got.StatusCode)
	}
	r.clock.advance(time.Minute)
	for range 50 { // what is all right is paid back
		if got := try("/introspect", url.Values{"token": {"t"}}, basic("web", secret)); got != http.StatusOK {
			t.Fatalf("status %d", got)
		}
	}
	for i := range 11 { // what a public client has us keep is not
		if got := try("/par", good("spa", nil)); (got == http.StatusTooManyRequests) != (i == 10) {
			t.Errorf("push %d: %d", i, got)
		}
	}
	r.clock.advance(time.Minute)
	for range 50 { // a client that proves itself answers for what it does
		if got := try("/token", exchange("c", url.Values{"client_id": {}}), basic("web", secret)); got != http.StatusBadRequest {
			t.Fatalf("status %d", got)
		}
	}
}

func TestRegistrationIsBoundedByAddress(t *testing.T) {
	r := newRegistry(t, open, func(p *config.Registration) { p.PerMinute = 3 })
	for i, want := range []int{201, 201, 201, 429} {
		if got := r.send(http.MethodPost, "/register", "", metadata(nil)).StatusCode; got != want {
			t.Errorf("%d: %d, want %d", i, got, want)
		}
	}
}

// Scripts of other origins may use what proves itself without cookies, and nothing else.
func TestCORS(t *testing.T) {
	r := newRegistry(t, open)
	cross := func(method, path string) reply {
		req, err := http.NewRequestWithContext(t.Context(), method, r.server.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", "https://evil.example")
		if method == http.MethodOptions {
			req.Header.Set("Access-Control-Request-Method", "POST")
		}
		return r.do(req)
	}
	for path, want := range map[string]bool{
		"/.well-known/openid-configuration": true, "/.well-known/oauth-authorization-server": true, "/jwks": true, "/token": true, "/userinfo": true, "/revoke": true, "/par": true,
		"/authorize": false, "/logout": false, "/introspect": false, "/register": false, "/register/x": false, "/device": false,
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodOptions} {
			res := cross(method, path)
			allowed := res.Header.Get("Access-Control-Allow-Origin")
			if res.StatusCode == http.StatusMethodNotAllowed {
				continue
			}
			if (allowed == "*") != want || !want && allowed != "" || res.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s %s: %d, allowed %q", method, path, res.StatusCode, allowed)
			}
		}
	}
}

// keycloak-js sends credentials along with its requests for tokens (credentials: "include"), so
// that the browser takes no star: a public client's own pages may, and nobody else's.
func TestCORSOfAClientsOwnPages(t *testing.T) {
	r := newRig(t)
	for name, row := range map[string]struct {
		origin, client string
		prove          func(*http.Request)
		want           string
	}{
		"its own":                       {"https://spa.example.com", "spa", nil, "https://spa.example.com"},
		"attack: another's":             {"https://evil.example", "spa", nil, "*"},
		"attack: a subdomain":           {"https://x.spa.example.com", "spa", nil, "*"},
		"attack: another port":          {"https://spa.example.com:8443", "spa", nil, "*"},
		"attack: not encrypted":         {"http://spa.example.com", "spa", nil, "*"},
		"attack: sandboxed":             {"null", "spa", nil, "*"},
		"attack: two":                   {"https://spa.example.com https://evil.example", "spa", nil, "*"},
		"attack: of one with a secret":  {"https://web.example.com", "", basic("web", secret), "*"},
		"attack: of a client unknown":   {"https://spa.example.com", "nobody", nil, "*"},
		"none, as of a program's":       {"", "spa", nil, "*"},
		"attack: another client's page": {"https://web.example.com", "spa", nil, "*"},
	} {
		t.Run(name, func(t *testing.T) {
			form := url.Values{"grant_type": {"authorization_code"}, "code": {"x"}}
			if row.client != "" {
				form.Set("client_id", row.client)
			}
			a := r.post("/token", form, func(req *http.Request) {
				req.Header.Set("Origin", row.origin)
				if row.prove != nil {
					row.prove(req)
				}
			})
			if got := a.Header.Get("Access-Control-Allow-Origin"); got != row.want {
				t.Errorf("allowed %q", got)
			}
			if own := a.Header.Get("Access-Control-Allow-Credentials") == "true"; own != (row.want != "*") || own != (a.Header.Get("Vary") == "Origin") {
				t.Errorf("headers %v", a.Header)
			}
		})
	}
}

// Every answer in JSON says that it is nothing else, and that nobody may keep it but what is
// public.
func TestHeaders(t *testing.T) {
	r := newRegistry(t, open)
	for path, want := range map[string]string{
		"/token": "no-store", "/par": "no-store", "/introspect": "no-store", "/register": "no-store", "/userinfo": "no-store", "/device_authorization": "no-store",
	} {
		a := r.post(path, url.Values{"client_id": {"nobody"}, "access_token": {"x"}})
		if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Cache-Control") != want || a.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d, headers %v", path, a.StatusCode, a.Header)
		}
	}
}

// Attack: bodies without an end.
func TestBodiesAreBounded(t *testing.T) {
	r := newRegistry(t, open)
	for _, path := range []string{"/token", "/par", "/introspect", "/revoke", "/authorize", "/userinfo", "/device_authorization", "/register", "/logout"} {
		a := r.post(path, url.Values{"client_id": {"spa"}, "x": {strings.Repeat("x", 1<<20)}})
		if a.StatusCode < 400 || a.StatusCode >= 500 {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
}

// RFC 8414: the same document, at the address that its section 3.1 makes of the issuer.
func TestOAuthMetadata(t *testing.T) {
	r := newRig(t)
	want := r.get("/.well-known/openid-configuration", nil)
	got := r.get("/.well-known/oauth-authorization-server", nil)
	if got.StatusCode != http.StatusOK || got.body != want.body || got.json(t)["issuer"] != r.server.URL {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
}

// served is a provider by itself.
type served struct{ *chi.Mux }

func newRouter(p *oidc.Provider) served {
	router := chi.NewRouter()
	p.Routes(router)
	return served{router}
}
