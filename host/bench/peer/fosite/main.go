// Command fosite serves a provider as small as can be around ory/fosite, with its store in
// memory, as a peer of the benchmark. PORT says where, ALG (RS256 or ES256) what signs.
package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"html"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	jose "github.com/go-jose/go-jose/v3"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/storage"
	"github.com/ory/fosite/token/jwt"
)

const (
	pathAuthorize = "/authorize"
	pathToken     = "/token"
	pathUserinfo  = "/userinfo"
	pathJWKS      = "/jwks"

	lifetime = time.Hour
)

// server is the provider.
type server struct {
	issuer string
	oauth  fosite.OAuth2Provider
}

func main() {
	address, alg := "127.0.0.1:"+os.Getenv("PORT"), os.Getenv("ALG")
	key, err := newKey(alg)
	if err != nil {
		log.Fatal(err)
	}
	s := &server{issuer: "http://" + address, oauth: newProvider("http://"+address, key)}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", document(s.discovery(alg)))
	mux.HandleFunc(pathJWKS, document(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k", Algorithm: alg, Use: "sig"}}}))
	mux.HandleFunc(pathAuthorize, s.authorize)
	mux.HandleFunc(pathToken, s.token)
	mux.HandleFunc(pathUserinfo, s.userinfo)
	log.Fatal(http.ListenAndServe(address, mux))
}

func newKey(alg string) (crypto.Signer, error) {
	if alg == "ES256" {
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	return rsa.GenerateKey(rand.Reader, 2048)
}

func newProvider(issuer string, key crypto.Signer) fosite.OAuth2Provider {
	secret := make([]byte, 32)
	rand.Read(secret) // never fails, see crypto/rand
	config := &fosite.Config{
		GlobalSecret: secret, IDTokenIssuer: issuer,
		AccessTokenLifespan: lifetime, IDTokenLifespan: lifetime, RefreshTokenLifespan: lifetime, AuthorizeCodeLifespan: time.Minute,
		EnforcePKCEForPublicClients: true, RefreshTokenScopes: []string{}, ScopeStrategy: fosite.ExactScopeStrategy,
	}
	store := storage.NewMemoryStore()
	store.Clients["bench"] = &fosite.DefaultClient{
		ID: "bench", Public: true, RedirectURIs: []string{"http://127.0.0.1:5555/callback"}, ResponseTypes: []string{"code"},
		GrantTypes: []string{"authorization_code", "refresh_token"}, Scopes: []string{"openid", "profile", "email", "offline_access"},
	}
	private := func(context.Context) (any, error) { return key, nil }
	return compose.Compose(config, store, &compose.CommonStrategy{
		CoreStrategy:               compose.NewOAuth2HMACStrategy(config),
		OpenIDConnectTokenStrategy: compose.NewOpenIDConnectStrategy(private, config),
		Signer:                     &jwt.DefaultSigner{GetPrivateKey: private},
	}, compose.OAuth2AuthorizeExplicitFactory, compose.OAuth2RefreshTokenGrantFactory, compose.OAuth2TokenIntrospectionFactory,
		compose.OAuth2PKCEFactory, compose.OpenIDConnectExplicitFactory, compose.OpenIDConnectRefreshFactory)
}

func (s *server) discovery(alg string) any {
	return map[string]any{
		"issuer": s.issuer, "authorization_endpoint": s.issuer + pathAuthorize, "token_endpoint": s.issuer + pathToken,
		"userinfo_endpoint": s.issuer + pathUserinfo, "jwks_uri": s.issuer + pathJWKS,
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{alg}, "code_challenge_methods_supported": []string{"S256"},
	}
}

// document answers with the same JSON each time.
func document(v any) http.HandlerFunc {
	text, err := json.Marshal(v)
	if err != nil {
		log.Fatal(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(text) // a failed write is the client's loss
	}
}

// authorize shows the form, which is posted back with the same query.
func (s *server) authorize(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	request, err := s.oauth.NewAuthorizeRequest(ctx, r)
	if err != nil {
		s.oauth.WriteAuthorizeError(ctx, w, request, err)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!DOCTYPE html><title>Sign in</title><form method="post" action="?%s"><input name="username"><input type="password" name="password"><button>Sign in</button></form>`, html.EscapeString(r.URL.RawQuery))
		return
	}
	if r.PostFormValue("password") != "password" {
		http.Error(w, "wrong password", http.StatusForbidden)
		return
	}
	for _, scope := range request.GetRequestedScopes() {
		request.GrantScope(scope)
	}
	response, err := s.oauth.NewAuthorizeResponse(ctx, request, s.session(r.PostFormValue("username")))
	if err != nil {
		s.oauth.WriteAuthorizeError(ctx, w, request, err)
		return
	}
	s.oauth.WriteAuthorizeResponse(ctx, w, request, response)
}

func (s *server) session(user string) *openid.DefaultSession {
	now := time.Now()
	return &openid.DefaultSession{
		Subject: user, Username: user, Headers: &jwt.Headers{Extra: map[string]any{"kid": "k"}},
		Claims: &jwt.IDTokenClaims{Issuer: s.issuer, Subject: user, Audience: []string{"bench"}, IssuedAt: now, RequestedAt: now, AuthTime: now, ExpiresAt: now.Add(lifetime)},
	}
}

func (s *server) token(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	request, err := s.oauth.NewAccessRequest(ctx, r, s.session(""))
	if err != nil {
		s.oauth.WriteAccessError(ctx, w, request, err)
		return
	}
	response, err := s.oauth.NewAccessResponse(ctx, request)
	if err != nil {
		s.oauth.WriteAccessError(ctx, w, request, err)
		return
	}
	s.oauth.WriteAccessResponse(ctx, w, request, response)
}

func (s *server) userinfo(w http.ResponseWriter, r *http.Request) {
	raw := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	_, request, err := s.oauth.IntrospectToken(r.Context(), raw, fosite.AccessToken, s.session(""))
	if err != nil {
		http.Error(w, "invalid token", http.StatusUnauthorized)
		return
	}
	user := request.GetSession().GetSubject()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"sub": user, "email": user, "email_verified": true, "name": "A User"})
}
