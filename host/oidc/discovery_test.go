package oidc_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiscovery(t *testing.T) {
	r := newRig(t)
	a := r.get("/.well-known/openid-configuration", nil)
	got := a.json(t)
	for name, want := range map[string]any{
		"issuer":                       r.server.URL,
		"authorization_endpoint":       r.server.URL + "/authorize",
		"token_endpoint":               r.server.URL + "/token",
		"userinfo_endpoint":            r.server.URL + "/userinfo",
		"jwks_uri":                     r.server.URL + "/jwks",
		"response_types_supported":     []any{"code"},
		"response_modes_supported":     []any{"query", "form_post", "jwt", "query.jwt", "form_post.jwt"},
		"grant_types_supported":        []any{"authorization_code", "refresh_token", "client_credentials", deviceGrant, exchangeGrant},
		"acr_values_supported":         []any{"1.0", "2.0", "2.5"},                          // and none of a journey that no client runs
		"prompt_values_supported":      []any{"none", "login", "consent", "select_account"}, // one asks, by its acr
		"subject_types_supported":      []any{"public", "pairwise"},
		"backchannel_logout_supported": true, "backchannel_logout_session_supported": true,
		"frontchannel_logout_supported": true, "frontchannel_logout_session_supported": true,
		"id_token_encryption_alg_values_supported":       []any{"RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"},
		"id_token_encryption_enc_values_supported":       []any{"A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"},
		"userinfo_signing_alg_values_supported":          []any{"RS256", "PS256", "ES256", "EdDSA"},
		"userinfo_encryption_alg_values_supported":       []any{"RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"},
		"userinfo_encryption_enc_values_supported":       []any{"A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"},
		"authorization_signing_alg_values_supported":     []any{"RS256", "PS256", "ES256", "EdDSA"},
		"authorization_encryption_alg_values_supported":  []any{"RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"},
		"authorization_encryption_enc_values_supported":  []any{"A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"},
		"introspection_signing_alg_values_supported":     []any{"RS256", "PS256", "ES256", "EdDSA"},
		"introspection_encryption_alg_values_supported":  []any{"RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"},
		"introspection_encryption_enc_values_supported":  []any{"A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"},
		"id_token_signing_alg_values_supported":          []any{"RS256", "PS256", "ES256", "EdDSA"},
		"token_endpoint_auth_methods_supported":          []any{"client_secret_basic", "client_secret_post", "none"},
		"code_challenge_methods_supported":               []any{"S256"},
		"request_parameter_supported":                    true,
		"request_uri_parameter_supported":                true,
		"require_request_uri_registration":               true,
		"pushed_authorization_request_endpoint":          r.server.URL + "/par",
		"authorization_response_iss_parameter_supported": true,
		"dpop_signing_alg_values_supported":              []any{"ES256", "ES384", "ES512", "EdDSA", "PS256", "RS256"},
		"device_authorization_endpoint":                  r.server.URL + "/device_authorization",
	} {
		if diff := cmp.Diff(want, got[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if a.Header.Get("Content-Type") != "application/json" || a.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("headers %v", a.Header)
	}
}

func TestJWKSIsCached(t *testing.T) {
	r := newRig(t)
	a := r.get("/jwks", nil)
	if len(a.json(t)["keys"].([]any)) != 4 || a.Header.Get("ETag") == "" {
		t.Fatalf("%s, headers %v", a.body, a.Header)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.server.URL+"/jwks", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("If-None-Match", a.Header.Get("ETag"))
	if again := r.do(req); again.StatusCode != http.StatusNotModified || again.body != "" {
		t.Errorf("asked again: %d %s", again.StatusCode, again.body)
	}
}

func TestMethods(t *testing.T) {
	r := newRig(t)
	for _, row := range []struct {
		method, path string
		status       int
	}{
		{http.MethodHead, "/.well-known/openid-configuration", 200},
		{http.MethodHead, "/jwks", 200},
		{http.MethodPost, "/jwks", 405},
		{http.MethodPut, "/token", 405},
		{http.MethodHead, "/authorize", 405},
		{http.MethodDelete, "/userinfo", 405},
		{http.MethodOptions, "/token", 204},
		{http.MethodOptions, "/userinfo", 204},
		{http.MethodOptions, "/authorize", 405},
	} {
		req, err := http.NewRequestWithContext(t.Context(), row.method, r.server.URL+row.path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		a := r.do(req)
		if a.StatusCode != row.status {
			t.Errorf("%s %s: %d, want %d", row.method, row.path, a.StatusCode, row.status)
		}
		if row.status == 204 && !strings.Contains(a.Header.Get("Access-Control-Allow-Headers"), "Authorization") {
			t.Errorf("%s %s: %v", row.method, row.path, a.Header)
		}
		if a.Header.Get("Access-Control-Allow-Credentials") != "" || row.path == "/authorize" && a.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s %s: %v", row.method, row.path, a.Header)
		}
	}
}
