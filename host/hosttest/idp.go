package hosttest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// IDP is another OpenID Provider, at which everybody is signed in at once: it answers
// each authorization request with a code. What it says is the test's to set, lies
// included.
type IDP struct {
	Issuer string
	Key    *ecdsa.PrivateKey
	server *httptest.Server
	now    func() time.Time

	mu    sync.Mutex
	says  Says
	asked url.Values
	codes map[string]url.Values // by code, the request
}

// Says is what a provider says. The zero value signs in the user "user-1".
type Says struct {
	ID       map[string]any // over the claims of the ID token; nil takes one out
	Userinfo map[string]any // over those of userinfo
	// Answer changes the answer of the authorization endpoint.
	Answer func(url.Values)
	// Sign makes the ID token; nil: with the provider's key.
	Sign func(claims map[string]any) string
	// Discovery changes the discovery document.
	Discovery map[string]any
	// Token answers the token endpoint in place of the provider.
	Token http.HandlerFunc
}

// Secret is the client secret that the provider demands.
const Secret = "a secret between two providers"

// NewIDP begins to serve on the loopback address. A nil clock is time.Now.
func NewIDP(now func() time.Time) (*IDP, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	if now == nil {
		now = time.Now
	}
	p := &IDP{Key: key, now: now, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /userinfo", p.userinfo)
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		write(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.Key.Public(), KeyID: "1", Algorithm: "ES256", Use: "sig"}}})
	})
	p.server = httptest.NewServer(mux)
	p.Issuer = p.server.URL
	return p, nil
}

// Close ends the provider.
func (p *IDP) Close() { p.server.CloseClientConnections(); p.server.Close() }

// Say sets what the provider says from now on.
func (p *IDP) Say(s Says) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.says = s
}

// Asked is the last authorization request.
func (p *IDP) Asked() url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// Visit is a browser that goes to an address of the provider, and gives where it is sent
// back to.
func (p *IDP) Visit(address string) (string, error) {
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(address)
	if err != nil {
		return "", fmt.Errorf("visit the provider: %w", err)
	}
	defer res.Body.Close()
	location := res.Header.Get("Location")
	if location == "" {
		return "", errors.New("the provider sent the browser nowhere: " + res.Status)
	}
	return location, nil
}

func (p *IDP) said() Says {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.says
}

func (p *IDP) discovery(w http.ResponseWriter, _ *http.Request) {
	document := map[string]any{
		"issuer": p.Issuer, "authorization_endpoint": p.Issuer + "/authorize", "token_endpoint": p.Issuer + "/token",
		"jwks_uri": p.Issuer + "/keys", "userinfo_endpoint": p.Issuer + "/userinfo",
		"id_token_signing_alg_values_supported": []string{"ES256"}, "authorization_response_iss_parameter_supported": true,
	}
	maps.Copy(document, p.said().Discovery)
	write(w, document)
}

func (p *IDP) authorize(w http.ResponseWriter, r *http.Request) {
	code := rand.Text()
	p.mu.Lock()
	p.asked = r.URL.Query()
	p.codes[code] = p.asked
	p.mu.Unlock()
	answer := url.Values{"code": {code}, "state": {r.URL.Query().Get("state")}, "iss": {p.Issuer}}
	if change := p.said().Answer; change != nil {
		change(answer)
	}
	w.Header().Set("Location", r.URL.Query().Get("redirect_uri")+"?"+answer.Encode())
	w.WriteHeader(http.StatusSeeOther)
}

// token holds the request to what a provider must: the secret, the code once, its
// redirect URI, and PKCE.
func (p *IDP) token(w http.ResponseWriter, r *http.Request) {
	if answer := p.said().Token; answer != nil {
		answer(w, r)
		return
	}
	_, secret, _ := r.BasicAuth()
	p.mu.Lock()
	request := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if secret != url.QueryEscape(Secret) || request == nil || r.PostFormValue("redirect_uri") != request.Get("redirect_uri") ||
		request.Get("code_challenge_method") != "S256" || base64.RawURLEncoding.EncodeToString(sum[:]) != request.Get("code_challenge") {
		w.WriteHeader(http.StatusBadRequest)
		write(w, map[string]any{"error": "invalid_grant"})
		return
	}
	claims := p.claims(request)
	sign := p.said().Sign
	if sign == nil {
		sign = func(claims map[string]any) string { return SignJWT(jose.ES256, p.Key, claims) }
	}
	write(w, map[string]any{"access_token": "at", "token_type": "Bearer", "expires_in": 60, "id_token": sign(claims)})
}

func (p *IDP) claims(request url.Values) map[string]any {
	now := p.now().Unix()
	claims := map[string]any{
		"iss": p.Issuer, "sub": "user-1", "aud": request.Get("client_id"), "iat": now, "exp": now + 300,
		"nonce": request.Get("nonce"), "auth_time": now,
	}
	over(claims, p.said().ID)
	return claims
}

func (p *IDP) userinfo(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer at" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	claims := map[string]any{"sub": "user-1"}
	over(claims, p.said().Userinfo)
	write(w, claims)
}

func over(claims, changes map[string]any) {
	for name, value := range changes {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // who went away does not read it
}

// SignJWT makes a JWT with any key. What can't be signed is a fault of the test and
// panics.
func SignJWT(alg jose.SignatureAlgorithm, key any, claims map[string]any) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", "1"))
	if err != nil {
		panic(err)
	}
	document, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	signed, err := signer.Sign(document)
	if err != nil {
		panic(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return text
}
