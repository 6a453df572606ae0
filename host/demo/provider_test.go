package demo_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// provider is a small OpenID Provider: whoever comes is alice. What it says can
// be bent, to see that the demo notices.
type provider struct {
	server *httptest.Server
	router *chi.Mux
	key    jwk.Key
	public jwk.Set
	down   atomic.Bool // discovery answers 503
	asked  url.Values  // the last authorization request

	bendAnswer func(url.Values)     // the authorization response
	bendID     func(map[string]any) // the ID token
	bendAccess func(map[string]any)
	bendInfo   func(map[string]any)
	tokenError string
	signID     jwk.Key // nil: the published key
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{router: chi.NewRouter(), key: newKey(t)}
	public, err := p.key.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	p.public = jwk.NewSet()
	if err := p.public.AddKey(public); err != nil {
		t.Fatal(err)
	}
	p.router.Get("/.well-known/openid-configuration", p.discovery)
	p.router.Get("/jwks", func(w http.ResponseWriter, _ *http.Request) { reply(w, p.public) })
	p.router.Get("/authorize", p.authorize)
	p.router.Post("/token", p.token)
	p.router.Get("/userinfo", p.userInfo)
	p.server = httptest.NewServer(p.router)
	t.Cleanup(p.server.Close)
	return p
}

func newKey(t *testing.T) jwk.Key {
	t.Helper()
	raw, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := jwk.FromRaw(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := key.Set(jwk.KeyIDKey, "k1"); err != nil {
		t.Fatal(err)
	}
	if err := key.Set(jwk.AlgorithmKey, jwa.ES256); err != nil {
		t.Fatal(err)
	}
	return key
}

func reply(w http.ResponseWriter, document any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(document)
}

func (p *provider) discovery(w http.ResponseWriter, _ *http.Request) {
	if p.down.Load() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	reply(w, map[string]any{
		"issuer": p.server.URL, "jwks_uri": p.server.URL + "/jwks",
		"authorization_endpoint": p.server.URL + "/authorize", "token_endpoint": p.server.URL + "/token",
		"userinfo_endpoint":                              p.server.URL + "/userinfo",
		"id_token_signing_alg_values_supported":          []string{"ES256"},
		"authorization_response_iss_parameter_supported": true,
	})
}

func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	p.asked = r.URL.Query()
	answer := url.Values{"code": {"c0de"}, "state": {p.asked.Get("state")}, "iss": {p.server.URL}}
	if p.bendAnswer != nil {
		p.bendAnswer(answer)
	}
	http.Redirect(w, r, p.asked.Get("redirect_uri")+"?"+answer.Encode(), http.StatusSeeOther)
}

func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	ok := r.FormValue("code") == "c0de" && r.FormValue("client_id") == p.asked.Get("client_id") &&
		r.FormValue("redirect_uri") == p.asked.Get("redirect_uri") && p.asked.Get("code_challenge_method") == "S256" &&
		base64.RawURLEncoding.EncodeToString(sum[:]) == p.asked.Get("code_challenge")
	refusal := p.tokenError
	if !ok {
		refusal = "invalid_grant"
	}
	if refusal != "" {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": refusal, "error_description": "the code was used"})
		return
	}
	access := p.sign(p.key, p.claims(p.bendAccess, map[string]any{"aud": p.server.URL, "grant_id": "g_1", "client_id": "demo"}))
	hash := sha256.Sum256([]byte(access))
	id := map[string]any{
		"aud": p.asked.Get("client_id"), "nonce": p.asked.Get("nonce"), "acr": "2.0", "amr": []string{"pwd", "sms", "mfa"},
		"auth_time": 1795417200, "at_hash": base64.RawURLEncoding.EncodeToString(hash[:16]), "name": "<Alice>",
	}
	key := p.key
	if p.signID != nil {
		key = p.signID
	}
	reply(w, map[string]any{"access_token": access, "token_type": "Bearer", "id_token": p.sign(key, p.claims(p.bendID, id))})
}

// claims are the usual ones, those given, and then what the test bends.
func (p *provider) claims(bend func(map[string]any), more map[string]any) map[string]any {
	claims := map[string]any{"iss": p.server.URL, "sub": "u_alice", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix()}
	maps.Copy(claims, more)
	if bend != nil {
		bend(claims)
	}
	return claims
}

func (p *provider) sign(key jwk.Key, claims map[string]any) string {
	payload, _ := json.Marshal(claims)
	token, _ := jws.Sign(payload, jws.WithKey(jwa.ES256, key))
	return string(token)
}

func (p *provider) userInfo(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ey") {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	info := map[string]any{"sub": "u_alice", "email": "alice@example.com"}
	if p.bendInfo != nil {
		p.bendInfo(info)
	}
	reply(w, info)
}
