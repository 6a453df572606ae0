package oidc_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwk"

	"github.com/acrhost/acrhost/host/config"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// macSecret is long enough for HS256.
const macSecret = "a secret of client_secret_jwt, which is long enough"

// signers are clients that prove themselves by what they sign.
func signers() []config.Client {
	all := keySet("RS256", "ES256", "EdDSA")
	return []config.Client{
		{ID: "key", JWKS: all, RedirectURIs: []string{webURI}},
		{ID: "key-2", JWKS: keySet("other"), RedirectURIs: []string{webURI}},
		{ID: "ps", JWKS: all, TokenEndpointAuthSigningAlg: "PS256", RedirectURIs: []string{webURI}},
		{ID: "same-type", JWKS: keySet("ES256", "other"), RedirectURIs: []string{webURI}},
		{ID: "mac", Secret: macSecret, TokenEndpointAuthMethod: "client_secret_jwt", RedirectURIs: []string{webURI}},
		{ID: "web", Secret: secret, Introspects: []string{"*"}, RedirectURIs: []string{webURI}},
		{ID: "spa", RedirectURIs: []string{spaURI}},
	}
}

// assertion are the claims of one that is good for a client; each has a jti of its own.
func (r *rig) assertion(client string) object {
	return object{
		"iss": client, "sub": client, "aud": r.server.URL, "exp": unix(r.clock.now().Add(time.Minute)), "jti": fmt.Sprint("j", jtis.Add(1)),
	}
}

var jtis atomic.Int64

// asks makes a token request whose only fault is its code: who proves itself gets that
// far.
func (r *rig) asks(assertion string, extra url.Values) reply {
	r.Helper()
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {"none"}, "redirect_uri": {webURI},
		"client_assertion_type": {assertionType}, "client_assertion": {assertion},
	}
	maps.Copy(form, extra)
	return r.post("/token", form)
}

func (r *rig) wantProven(a reply) { r.Helper(); r.wantError(a, http.StatusBadRequest, "invalid_grant") }
func (r *rig) wantRefused(a reply) {
	r.Helper()
	r.wantError(a, http.StatusUnauthorized, "invalid_client")
}

func TestPrivateKeyJWT(t *testing.T) {
	r := newRigWith(t, signers())
	for _, alg := range []string{"RS256", "PS256", "ES256", "EdDSA"} {
		r.wantProven(r.asks(by(t, alg, r.assertion("key"), nil), nil))
		r.wantProven(r.asks(by(t, alg, r.assertion("key"), object{"typ": "JWT"}), url.Values{"client_id": {"key"}}))
	}
	p := pairs()["EdDSA"]
	r.wantProven(r.asks(signed(t, "EdDSA", p.private, r.assertion("key"), nil), nil)) // the only key of its type needs no kid
	for name, change := range map[string]object{
		"token endpoint": {"aud": r.server.URL + "/token"},
		"list":           {"aud": []string{"https://other.example", r.server.URL}},
		"fraction":       {"exp": float64(unix(r.clock.now())) + 59.5},
		"clock ahead":    {"iat": unix(r.clock.now().Add(10 * time.Second)), "nbf": unix(r.clock.now().Add(10 * time.Second))},
	} {
		t.Run(name, func(*testing.T) { r.wantProven(r.asks(by(t, "ES256", r.assertion("key").with(change), nil), nil)) })
	}
}

// A whole login of a client with a key, and its tokens at every endpoint that asks who
// is there.
func TestPrivateKeyJWTEverywhere(t *testing.T) {
	r := newRigWith(t, signers())
	form := func(extra url.Values) url.Values {
		q := url.Values{"client_assertion_type": {assertionType}, "client_assertion": {by(t, "PS256", r.assertion("ps"), nil)}}
		maps.Copy(q, extra)
		return q
	}
	code := r.code("ps", url.Values{"redirect_uri": {webURI}})
	a := r.post("/token", form(url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {webURI}, "code_verifier": {verifier},
	}))
	if a.StatusCode != http.StatusOK {
		t.Fatal(a.body)
	}
	access := a.json(t)["access_token"].(string)
	if got := r.post("/introspect", form(url.Values{"token": {access}})).json(t); got["active"] != true {
		t.Errorf("introspected %v", got)
	}
	if a := r.post("/revoke", form(url.Values{"token": {access}})); a.StatusCode != http.StatusOK {
		t.Errorf("revoke: %d %s", a.StatusCode, a.body)
	}
	if got := r.post("/introspect", form(url.Values{"token": {access}})).json(t); got["active"] != false {
		t.Errorf("introspected %v", got)
	}
}

func TestClientSecretJWT(t *testing.T) {
	r := newRigWith(t, signers())
	r.wantProven(r.asks(signed(t, "HS256", []byte(macSecret), r.assertion("mac"), nil), nil))
	r.wantRefused(r.asks(signed(t, "HS256", []byte("another secret that is as long as the right one"), r.assertion("mac"), nil), nil))
	r.wantRefused(r.asks(signed(t, "HS512", []byte(macSecret), r.assertion("mac"), nil), nil))
	r.wantRefused(r.asks(by(t, "ES256", r.assertion("mac"), nil), nil))
	r.wantRefused(r.asks(signed(t, "HS256", []byte(secret), r.assertion("web"), nil), nil)) // registered for Basic
	r.wantError(r.post("/token", url.Values{"client_id": {"mac"}, "client_secret": {macSecret}, "grant_type": {"refresh_token"}}), 401, "invalid_client")
}

func TestAttackAssertionReplay(t *testing.T) {
	r := newRigWith(t, signers())
	raw := by(t, "ES256", r.assertion("key"), nil)
	r.wantProven(r.asks(raw, nil))
	r.wantRefused(r.asks(raw, nil))
	r.wantRefused(r.post("/introspect", url.Values{"token": {"x"}, "client_assertion_type": {assertionType}, "client_assertion": {raw}}))
	// The same jti of another client is another one.
	claims := r.assertion("key")
	r.wantProven(r.asks(by(t, "ES256", claims, nil), nil))
	r.wantProven(r.asks(by(t, "other", claims.with(object{"iss": "key-2", "sub": "key-2"}), nil), nil))

	claims = r.assertion("key")
	var proven atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if r.asks(by(t, "ES256", claims, nil), nil).StatusCode == http.StatusBadRequest {
				proven.Add(1)
			}
		})
	}
	wg.Wait()
	if proven.Load() != 1 {
		t.Errorf("one assertion was taken %d times", proven.Load())
	}
}

func TestAttackAssertions(t *testing.T) {
	r := newRigWith(t, signers())
	now := r.clock.now()
	for name, change := range map[string]object{
		"audience of another provider": {"aud": "https://other.example"},
		"audience is a path":           {"aud": r.server.URL + "/userinfo"},
		"audience with a slash":        {"aud": r.server.URL + "/"},
		"no audience":                  {"aud": nil},
		"audience is a number":         {"aud": 7},
		"expired":                      {"exp": unix(now.Add(-time.Minute))},
		"no exp":                       {"exp": nil},
		"exp as text":                  {"exp": "soon"},
		"exp in two hours":             {"exp": unix(now.Add(2 * time.Hour))},
		"exp huge":                     {"exp": 1e300},
		"nbf in the future":            {"nbf": unix(now.Add(2 * time.Minute))},
		"iat in the future":            {"iat": unix(now.Add(2 * time.Minute))},
		"another issuer":               {"iss": "key-2"},
		"no issuer":                    {"iss": nil},
		"no jti":                       {"jti": nil},
		"jti huge":                     {"jti": strings.Repeat("j", 2000)},
	} {
		t.Run(name, func(*testing.T) { r.wantRefused(r.asks(by(t, "ES256", r.assertion("key").with(change), nil), nil)) })
	}
}

func TestAttackAssertionKeys(t *testing.T) {
	r := newRigWith(t, signers())
	ec := pairs()["ES256"]
	for name, raw := range map[string]string{
		"key of another client":       by(t, "other", r.assertion("key"), nil),
		"another key under its name":  signed(t, "ES256", pairs()["other"].private, r.assertion("key"), object{"kid": "ec"}),
		"unknown kid":                 by(t, "ES256", r.assertion("key"), object{"kid": "nobody"}),
		"kid of a key of another alg": by(t, "ES256", r.assertion("key"), object{"kid": "rsa"}),
		"several keys and no kid":     signed(t, "ES256", ec.private, r.assertion("same-type"), nil),
		"not the registered alg":      by(t, "RS256", r.assertion("ps"), nil),
		"made for something else":     by(t, "ES256", r.assertion("key"), object{"typ": "oauth-authz-req+jwt"}),
		"MAC for a client with keys":  signed(t, "HS256", keySet("ES256"), r.assertion("key"), object{"kid": "ec"}),
		"MAC with a public key":       signed(t, "HS256", publicPEM(t, "RS256"), r.assertion("key"), object{"kid": "rsa"}),
		"none":                        unsigned(r.assertion("key"), "none"),
		"None":                        unsigned(r.assertion("key"), "None"),
		"key in the header":           by(t, "other", r.assertion("key"), object{"kid": "other", "jwk": publicKey(t, "other")}),
		"address in the header":       by(t, "other", r.assertion("key"), object{"jku": r.published.at("/evil", string(keySet("other")))}),
		"unknown client":              by(t, "ES256", r.assertion("nobody"), nil),
		"public client":               by(t, "ES256", r.assertion("spa"), nil),
		"client with a secret":        by(t, "ES256", r.assertion("web"), nil),
		"no JWT":                      "x.y.z",
		"two parts":                   "x.y",
		"empty":                       "..",
		"encrypted":                   "a.b.c.d.e",
		"huge":                        strings.Repeat("a", 40_000),
	} {
		t.Run(name, func(*testing.T) { r.wantRefused(r.asks(raw, nil)) })
	}
	if r.published.asked.Load() != 0 {
		t.Error("an address out of a header was fetched")
	}
}

func TestAttackTwoWaysToAuthenticate(t *testing.T) {
	r := newRigWith(t, signers())
	good := func() string { return by(t, "ES256", r.assertion("key"), nil) }
	r.wantError(r.asks(good(), url.Values{"client_secret": {secret}}), 400, "invalid_request")
	r.wantError(r.asks(good(), url.Values{"client_assertion": {good(), good()}}), 400, "invalid_request")
	r.wantRefused(r.asks(good(), url.Values{"client_id": {"key-2"}}))
	r.wantRefused(r.asks(good(), url.Values{"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:saml2-bearer"}}))
	r.wantRefused(r.asks(good(), url.Values{"client_assertion_type": {}}))
	r.wantRefused(r.post("/token", url.Values{"grant_type": {"refresh_token"}, "client_id": {"key"}}))
	a := r.post("/token", url.Values{"client_assertion_type": {assertionType}, "client_assertion": {good()}}, basic("web", secret))
	r.wantError(a, 400, "invalid_request")
}

// The keys at an address are fetched when they are needed, kept, and looked for again
// when a new one is named: not more than once in a while, whatever strangers send.
func TestKeysAtAnAddress(t *testing.T) {
	site := publish(t)
	c := config.Client{ID: "remote", JWKSURI: site.at("/jwks", string(keySet("ES256"))), RedirectURIs: []string{webURI}}
	r := newRigFor(t, []config.Client{c}, site)
	if site.asked.Load() != 0 {
		t.Error("fetched before it was needed")
	}
	for range 3 {
		r.wantProven(r.asks(by(t, "ES256", r.assertion("remote"), nil), nil))
	}
	if n := site.asked.Load(); n != 1 {
		t.Errorf("fetched %d times", n)
	}
	site.at("/jwks", string(keySet("other")))
	r.clock.advance(time.Minute)
	r.wantProven(r.asks(by(t, "other", r.assertion("remote"), nil), nil)) // rotated
	r.wantRefused(r.asks(by(t, "ES256", r.assertion("remote"), nil), nil))
	for range 5 {
		r.wantRefused(r.asks(by(t, "ES256", r.assertion("remote"), object{"kid": "guess"}), nil))
	}
	if n := site.asked.Load(); n != 2 {
		t.Errorf("fetched %d times, the unknown names may cost no more than one in a while", n)
	}
	// While the client's server fails, the old keys count for a while.
	site.at("/jwks", "redirect")
	r.clock.advance(11 * time.Minute)
	r.wantProven(r.asks(by(t, "other", r.assertion("remote"), nil), nil))
	r.clock.advance(time.Hour)
	r.wantRefused(r.asks(by(t, "other", r.assertion("remote"), nil), nil))
}

func TestAttackKeysAtAnAddress(t *testing.T) {
	for name, text := range map[string]string{
		"redirect":       "redirect",
		"huge":           `{"keys":[],"x":"` + strings.Repeat("x", 100_000) + `"}`,
		"no JSON":        "<html>",
		"no keys":        `{"keys":[]}`,
		"a secret":       `{"keys":[{"kty":"oct","k":"` + base64.RawURLEncoding.EncodeToString([]byte(macSecret)) + `"}]}`,
		"a private key":  `{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}]}`,
		"a small key":    `{"keys":[{"kty":"RSA","n":"wJlJnYJ8lYEX","e":"AQAB"}]}`,
		"off the curve":  `{"keys":[{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}]}`,
		"too many of it": `{"keys":[` + strings.TrimSuffix(strings.Repeat(`{"kty":"x"},`, 100), ",") + `]}`,
	} {
		t.Run(name, func(t *testing.T) {
			site := publish(t)
			site.at("/elsewhere", string(keySet("ES256")))
			r := newRigFor(t, []config.Client{{ID: "remote", JWKSURI: site.at("/jwks", text), RedirectURIs: []string{webURI}}}, site)
			r.wantRefused(r.asks(by(t, "ES256", r.assertion("remote"), nil), nil))
			r.wantRefused(r.asks(signed(t, "HS256", []byte(macSecret), r.assertion("remote"), nil), nil))
		})
	}
}

func publicPEM(t *testing.T, name string) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(pairs()[name].private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// unsigned is a JWT whose alg is none, in any spelling.
func unsigned(claims object, alg string) string {
	h, _ := json.Marshal(object{"alg": alg})
	p, _ := json.Marshal(claims)
	return base64.RawURLEncoding.EncodeToString(h) + "." + base64.RawURLEncoding.EncodeToString(p) + "."
}

// publicKey is a public key as the library has it.
func publicKey(t *testing.T, name string) jwk.Key {
	t.Helper()
	k, err := jwk.FromRaw(pairs()[name].private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return k
}
