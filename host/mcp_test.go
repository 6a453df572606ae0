package host_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/oauthex"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
)

// TestMCP: a client of the Model Context Protocol, which knows the resource alone. It reads
// there who gives tokens for it (RFC 9728), registers itself as an app on the user's machine,
// has alice sign in and comes with a token for that resource, and for nothing else: it asked
// for no scope.
func TestMCP(t *testing.T) {
	site := httptest.NewUnstartedServer(nil)
	resource := "http://" + site.Listener.Addr().String() + "/mcp"
	cfg := hosttest.Load(t, "testdata/clients.toml")
	cfg.Registration = config.Registration{
		On: true, InsecureOpen: true, MaxClients: 5, PerMinute: 5, Scopes: []string{"openid", "email"}, GrantTypes: []string{"authorization_code", "refresh_token"},
		AuthMethods: []string{"none", "client_secret_basic"}, RedirectSchemes: []string{config.RedirectLoopback},
		Client: map[string]any{"journey": "levels", "resources": []any{resource}},
	}
	issuer := hosttest.Run(t, cfg, nil)
	site.Config.Handler = mcpSite(t, issuer, resource)
	site.Start()
	t.Cleanup(site.Close)

	alice, err := hosttest.NewPerson(issuer, "alice", "correct horse battery staple")
	if err != nil {
		t.Fatal(err)
	}
	app, err := auth.NewAuthorizationCodeHandler(&auth.AuthorizationCodeHandlerConfig{
		DynamicClientRegistrationConfig: &auth.DynamicClientRegistrationConfig{Metadata: &oauthex.ClientRegistrationMetadata{
			ClientName: "An app", RedirectURIs: []string{"http://localhost:3118/callback"}, GrantTypes: []string{"authorization_code", "refresh_token"}, TokenEndpointAuthMethod: "none",
		}},
		AuthorizationCodeFetcher: func(_ context.Context, a *auth.AuthorizationArgs) (*auth.AuthorizationResult, error) {
			page, _, err := alice.Visit(a.URL)
			if err != nil {
				return nil, err
			}
			q := page.Params()
			return &auth.AuthorizationResult{Code: q.Get("code"), State: q.Get("state"), Iss: q.Get("iss")}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := mcpAsk(t, app, resource); got.StatusCode != http.StatusUnauthorized { //nolint:bodyclose // mcpAsk closes it
		t.Fatalf("let in without a token: %d", got.StatusCode)
	} else if err := app.Authorize(t.Context(), got.Request, got); err != nil {
		t.Fatal(err)
	}
	got := mcpAsk(t, app, resource) //nolint:bodyclose // mcpAsk closes it
	var claims map[string]any
	if err := json.NewDecoder(got.Body).Decode(&claims); err != nil || got.StatusCode != http.StatusOK {
		t.Fatal(got.StatusCode, err)
	}
	if claims["acr"] != "1.5" || claims["aud"] != resource || claims["scope"] != nil {
		t.Errorf("claims %v", claims)
	}
}

// mcpAsk asks the resource, with the app's token where it has one.
func mcpAsk(t *testing.T, app auth.OAuthHandler, resource string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, resource, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := app.TokenSource(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if tokens != nil {
		token, err := tokens.Token()
		if err != nil {
			t.Fatal(err)
		}
		token.SetAuthHeader(req)
	}
	got, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = got.Body.Close() })
	return got
}

// mcpSite answers with what the token says, if it is for this resource.
func mcpSite(t *testing.T, issuer, resource string) http.Handler {
	t.Helper()
	provider, err := oidc.NewProvider(t.Context(), issuer)
	if err != nil {
		t.Fatal(err)
	}
	verifier := provider.VerifierContext(t.Context(), &oidc.Config{ClientID: resource, SupportedSigningAlgs: []string{"ES256"}})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/oauth-protected-resource/mcp", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"resource": resource, "authorization_servers": []string{issuer}})
	})
	mux.HandleFunc("POST /mcp", func(w http.ResponseWriter, r *http.Request) {
		var claims map[string]any
		token, err := verifier.Verify(r.Context(), strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		if err != nil || token.Claims(&claims) != nil {
			w.Header().Set("WWW-Authenticate", `Bearer resource_metadata="`+strings.TrimSuffix(resource, "/mcp")+`/.well-known/oauth-protected-resource/mcp"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_ = json.NewEncoder(w).Encode(claims)
	})
	return mux
}
