package oidc_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/config"
)

// TestConformance... states what modules of the OpenID conformance suite's dynamic plan
// demand, under the modules' names.
func TestConformanceRegistration(t *testing.T) {
	pages := func(name string) func(*testing.T, *rig) {
		return func(t *testing.T, r *rig) {
			a := r.send(http.MethodPost, "/register", "", metadata(object{name: "https://spa.example.com/" + name}))
			if a.StatusCode != http.StatusCreated || a.json(t)[name] != "https://spa.example.com/"+name {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
		}
	}
	for name, test := range map[string]func(*testing.T, *rig){
		"oidcc-registration-logo-uri":   pages("logo_uri"),
		"oidcc-registration-policy-uri": pages("policy_uri"),
		"oidcc-registration-tos-uri":    pages("tos_uri"),
		"oidcc-registration-jwks-uri": func(t *testing.T, r *rig) {
			a := r.send(http.MethodPost, "/register", "", metadata(object{"jwks_uri": "https://spa.example.com/jwks", "token_endpoint_auth_method": "private_key_jwt"}))
			if a.StatusCode != http.StatusCreated || a.json(t)["jwks_uri"] != "https://spa.example.com/jwks" || a.json(t)["client_secret"] != nil {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
		},
		"oidcc-redirect-uri-query-OK": func(t *testing.T, r *rig) {
			c := r.register(object{"redirect_uris": []string{spaURI + "?foo=bar"}})
			if got := r.get("/authorize", good(c.id, url.Values{"redirect_uri": {spaURI + "?foo=bar"}})); got.sent(t).Get("foo") != "bar" || got.sent(t).Get("code") == "" {
				t.Errorf("answer %s", got.Header.Get("Location"))
			}
		},
		"oidcc-redirect-uri-query-mismatch": func(t *testing.T, r *rig) {
			c := r.register(object{"redirect_uris": []string{spaURI + "?foo=bar"}})
			r.wantPage(r.get("/authorize", good(c.id, url.Values{"redirect_uri": {spaURI + "?bar=foo"}})))
		},
		"oidcc-redirect-uri-query-added": func(t *testing.T, r *rig) {
			c := r.register(object{"redirect_uris": []string{spaURI}})
			r.wantPage(r.get("/authorize", good(c.id, url.Values{"redirect_uri": {spaURI + "?foo=bar"}})))
		},
		"oidcc-redirect-uri-regfrag": func(t *testing.T, r *rig) {
			a := r.send(http.MethodPost, "/register", "", metadata(object{"redirect_uris": []string{spaURI + "#foobar"}}))
			if a.StatusCode != http.StatusBadRequest || a.json(t)["error"] != "invalid_redirect_uri" {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
		},
		"oidcc-response-type-missing": func(t *testing.T, r *rig) {
			c := r.register(nil)
			r.wantSent(r.get("/authorize", good(c.id, url.Values{"response_type": {}})), "invalid_request")
		},
		"oidcc-server-client-secret-post": func(t *testing.T, r *rig) {
			c := r.register(object{"token_endpoint_auth_method": "client_secret_post"})
			form := exchange(r.code(c.id, nil), url.Values{"client_id": {c.id}, "client_secret": {c.secret}})
			if got := r.post("/token", form); got.StatusCode != http.StatusOK {
				t.Errorf("%d %s", got.StatusCode, got.body)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, newRegistry(t, open)) })
	}
}

// A software statement's claims stand above the client's own words.
func TestSoftwareStatement(t *testing.T) {
	r := newRegistry(t, func(p *config.Registration) {
		p.InsecureOpen = true
		p.Software = config.Software{Issuer: "https://directory.example.com", JWKS: keySet("ES256"), Required: true}
	})
	statement := func(key string, extra object) string {
		return by(t, key, object{"iss": "https://directory.example.com", "exp": unix(r.clock.now().Add(time.Hour)), "client_name": "The Vouched"}.with(extra), nil)
	}
	good := statement("ES256", object{"redirect_uris": []string{"https://vouched.example.com/cb"}})
	a := r.send(http.MethodPost, "/register", "", metadata(object{"software_statement": good}))
	m := a.json(t)
	if a.StatusCode != http.StatusCreated || m["client_name"] != "The Vouched" || m["software_statement"] != good || m["redirect_uris"].([]any)[0] != "https://vouched.example.com/cb" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	for name, row := range map[string]struct{ code, statement string }{
		"none":            {"invalid_client_metadata", ""},
		"another key":     {"invalid_software_statement", statement("other", nil)},
		"another issuer":  {"unapproved_software_statement", statement("ES256", object{"iss": "https://evil.example.com"})},
		"expired":         {"invalid_software_statement", statement("ES256", object{"exp": unix(r.clock.now())})},
		"not yet":         {"invalid_software_statement", statement("ES256", object{"nbf": unix(r.clock.now().Add(time.Minute))})},
		"a strange claim": {"invalid_software_statement", statement("ES256", object{"exp": "never"})},
		"unsigned":        {"invalid_software_statement", "eyJhbGciOiJub25lIn0.e30."},
		"too wide":        {"invalid_client_metadata", statement("ES256", object{"scope": "openid pay"})},
	} {
		document := metadata(object{"software_statement": row.statement})
		if a := r.send(http.MethodPost, "/register", "", document); a.StatusCode != http.StatusBadRequest || a.json(t)["error"] != row.code {
			t.Errorf("%s: %d %s, want %s", name, a.StatusCode, a.body, row.code)
		}
	}
}
