package oidc_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/config"
)

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
