package oidc_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/oidc"
	"github.com/acrhost/acrhost/host/relying"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
)

// told is what the discovery document says now.
func (r *rig) told(names ...string) map[string]any {
	r.Helper()
	all := r.get("/.well-known/openid-configuration", nil).json(r.T)
	some := map[string]any{}
	for _, name := range names {
		some[name] = all[name]
	}
	return some
}

// Discovery tells of no grant type, scope, claim or way to prove oneself that no client has.
func TestDiscoveryTellsWhatClientsHave(t *testing.T) {
	about := []string{
		"grant_types_supported", "scopes_supported", "token_endpoint_auth_methods_supported", "token_endpoint_auth_signing_alg_values_supported",
		"introspection_endpoint_auth_methods_supported", "device_authorization_endpoint", "authorization_details_types_supported",
	}
	r := newRigWith(t, []config.Client{{ID: "spa", RedirectURIs: []string{spaURI}, Scopes: []string{"openid", "email", "internal"}}})
	want := map[string]any{
		"grant_types_supported": []any{"authorization_code", "refresh_token"}, "scopes_supported": []any{"openid", "email"}, "token_endpoint_auth_methods_supported": []any{"none"},
		"token_endpoint_auth_signing_alg_values_supported": nil, "introspection_endpoint_auth_methods_supported": nil, "device_authorization_endpoint": nil, "authorization_details_types_supported": nil,
	}
	if diff := cmp.Diff(want, r.told(about...)); diff != "" {
		t.Error(diff)
	}
	claims := r.told("claims_supported")["claims_supported"].([]any)
	if !slices.Contains(claims, any("email")) || !slices.Contains(claims, any("acr")) || slices.Contains(claims, any("name")) || slices.Contains(claims, any("phone_number")) {
		t.Errorf("claims %v", claims)
	}

	// What the operator adds to a running host is told within a minute.
	r.add("tv", map[string]any{
		"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://tv.example.com/jwks", "grant_types": []any{"authorization_code", deviceGrant}, "scopes": []any{"openid", "phone"},
		"authorization_details_types": []any{"pay"}, "journey": "bank",
	})
	if diff := cmp.Diff(want, r.told(about...)); diff != "" {
		t.Errorf("at once: %s", diff)
	}
	r.clock.advance(time.Minute)
	want = map[string]any{
		"grant_types_supported": []any{"authorization_code", "refresh_token", deviceGrant}, "scopes_supported": []any{"openid", "email", "phone"},
		"token_endpoint_auth_methods_supported":            []any{"private_key_jwt", "none"},
		"token_endpoint_auth_signing_alg_values_supported": []any{"RS256", "PS256", "ES256", "EdDSA", "Ed25519"},
		"introspection_endpoint_auth_methods_supported":    []any{"private_key_jwt"}, "device_authorization_endpoint": r.server.URL + "/device_authorization",
		"authorization_details_types_supported": []any{"pay"},
	}
	if diff := cmp.Diff(want, r.told(about...)); diff != "" {
		t.Errorf("after a minute: %s", diff)
	}
}

// What clients may register as counts as well.
func TestDiscoveryTellsWhatMayRegister(t *testing.T) {
	r := newRigFor(t, []config.Client{{ID: "spa", RedirectURIs: []string{spaURI}, Scopes: []string{"openid"}}}, publish(t), func(r *rig) {
		r.registration = config.Registration{
			On: true, Scopes: []string{"openid", "address"}, GrantTypes: []string{"authorization_code", "client_credentials"}, AuthMethods: []string{"client_secret_post", "tls_client_auth"},
			Client: map[string]any{"journey": "bank", "authorization_details_types": []any{"see"}},
		}
	})
	want := map[string]any{
		"grant_types_supported": []any{"authorization_code", "refresh_token", "client_credentials"}, "scopes_supported": []any{"openid", "address"},
		"token_endpoint_auth_methods_supported": []any{"client_secret_post", "none"}, // nobody can show a certificate here
		"acr_values_supported":                  []any{"2.0"}, "authorization_details_types_supported": []any{"see"},
	}
	if diff := cmp.Diff(want, r.told("grant_types_supported", "scopes_supported", "token_endpoint_auth_methods_supported", "acr_values_supported", "authorization_details_types_supported")); diff != "" {
		t.Error(diff)
	}
}

// offAndOn is a store whose clients can't be read at times.
type offAndOn struct {
	*memory.Store
	off   bool
	cause error // nil: errStore
}

func (s *offAndOn) fault() error {
	if s.cause != nil {
		return s.cause
	}
	return errStore
}

func (s *offAndOn) ListClients(ctx context.Context, after string, limit int) ([]store.Client, error) {
	if s.off {
		return nil, s.fault()
	}
	return s.Store.ListClients(ctx, after, limit)
}

func (s *offAndOn) Client(ctx context.Context, id string) (store.Client, error) {
	if s.off {
		return store.Client{}, s.fault()
	}
	return s.Store.Client(ctx, id)
}

// When the store can't be read discovery stays as it was; without an earlier one it is an
// error of the host's, which says nothing of the store.
func TestDiscoveryWithoutTheStore(t *testing.T) {
	r := newRig(t)
	clients := &offAndOn{Store: r.store, off: true}
	c := r.provider.Config
	c.Stored = &relying.Book{Config: r.book.Config, Store: clients, Now: r.clock.now}
	router := newRouter(oidc.New(c))
	for _, row := range []struct {
		off  bool
		want int
	}{{true, http.StatusInternalServerError}, {false, http.StatusOK}, {true, http.StatusOK}} {
		clients.off = row.off
		r.clock.advance(time.Hour)
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/.well-known/openid-configuration", http.NoBody))
		a := reply{w.Result(), w.Body.String()}
		if cached := a.Header.Get("Cache-Control") == "public, max-age=300"; a.StatusCode != row.want || cached != (row.want == http.StatusOK) {
			t.Errorf("off %v: %d %v", row.off, a.StatusCode, a.Header)
		}
		if row.want != http.StatusOK && a.json(t)["error"] != "server_error" {
			t.Errorf("%s", a.body)
		}
	}
}
