package oidc_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/acrhost/acrhost/host/store"
)

// prover makes DPoP proofs with a key.
type prover struct {
	*rig
	key *ecdsa.PrivateKey
	jkt string
}

var proofs atomic.Int64

func (r *rig) prover() *prover {
	r.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		r.Fatal(err)
	}
	sum, err := (&jose.JSONWebKey{Key: key.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		r.Fatal(err)
	}
	return &prover{r, key, base64.RawURLEncoding.EncodeToString(sum)}
}

// proof is a proof for a request, with the provider's nonce. change makes it another one.
func (p *prover) proof(method, path, access string, change ...func(map[string]any)) string {
	p.Helper()
	c := map[string]any{
		"jti": fmt.Sprint("proof-", proofs.Add(1)), "htm": method, "htu": p.server.URL + path,
		"iat": p.clock.now().Unix(), "nonce": p.nonce(),
	}
	if access != "" {
		sum := sha256.Sum256([]byte(access))
		c["ath"] = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	for _, f := range change {
		f(c)
	}
	return p.sign(c)
}

func (p *prover) sign(claims map[string]any) string {
	p.Helper()
	return p.signHead(claims, map[jose.HeaderKey]any{"typ": "dpop+jwt", "jwk": jose.JSONWebKey{Key: p.key.Public()}})
}

// signHead signs with this header, and the algorithm.
func (p *prover) signHead(claims map[string]any, head map[jose.HeaderKey]any) string {
	p.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: p.key}, &jose.SignerOptions{ExtraHeaders: head})
	if err != nil {
		p.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		p.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		p.Fatal(err)
	}
	raw, err := signed.CompactSerialize()
	if err != nil {
		p.Fatal(err)
	}
	return raw
}

// nonce is the provider's newest, as a client learns it: from the answer to a proof
// without one.
func (p *prover) nonce() string {
	p.Helper()
	raw := p.sign(map[string]any{"jti": fmt.Sprint("proof-", proofs.Add(1)), "htm": "POST", "htu": p.server.URL + "/token", "iat": p.clock.now().Unix()})
	a := p.post("/token", url.Values{"client_id": {"spa"}, "grant_type": {"authorization_code"}, "code": {"x"}, "redirect_uri": {spaURI}}, withProof(raw))
	p.wantError(a, http.StatusBadRequest, "use_dpop_nonce")
	return a.Header.Get("DPoP-Nonce")
}

func withProof(raw string) func(*http.Request) {
	return func(q *http.Request) { q.Header.Add("DPoP", raw) }
}

// token asks the token endpoint, with a proof.
func (p *prover) token(form url.Values) reply {
	p.Helper()
	return p.post("/token", form, withProof(p.proof("POST", "/token", "")))
}

// show asks userinfo with a token and a proof; no proof: without the header.
func (p *prover) show(method, scheme, access, proof string) reply {
	p.Helper()
	req, err := http.NewRequestWithContext(p.Context(), method, p.server.URL+"/userinfo", http.NoBody)
	if err != nil {
		p.Fatal(err)
	}
	req.Header.Set("Authorization", scheme+" "+access)
	if proof != "" {
		req.Header.Set("DPoP", proof)
	}
	return p.do(req)
}

// bound logs in and gives tokens that are bound to the prover's key.
func (p *prover) bound() map[string]any {
	p.Helper()
	a := p.token(exchange(p.code("spa", nil), nil))
	if a.StatusCode != http.StatusOK {
		p.Fatalf("status %d: %s", a.StatusCode, a.body)
	}
	return a.json(p.T)
}

func (r *rig) introspected(raw any) map[string]any {
	r.Helper()
	return r.post("/introspect", url.Values{"token": {raw.(string)}}, basic("web", secret)).json(r.T)
}

func (r *rig) refusedAt(a reply, code string) {
	r.Helper()
	head := a.Header.Get("WWW-Authenticate")
	if a.StatusCode != http.StatusUnauthorized || !strings.Contains(head, `error="`+code+`"`) {
		r.Errorf("got %d, %q: %s; want 401 %s", a.StatusCode, head, a.body, code)
	}
}

func TestDPoP(t *testing.T) {
	p := newRig(t).prover()
	got := p.bound()
	access := got["access_token"].(string)
	cnf := map[string]any{"jkt": p.jkt}
	if got["token_type"] != "DPoP" || fmt.Sprint(claims(t, access)["cnf"]) != fmt.Sprint(cnf) || claims(t, access)["acr"] != "2.0" {
		t.Errorf("%v, %v", got, claims(t, access))
	}
	if said := p.introspected(access); said["token_type"] != "DPoP" || fmt.Sprint(said["cnf"]) != fmt.Sprint(cnf) {
		t.Errorf("introspection %v", said)
	}
	for _, method := range []string{"GET", "POST"} {
		a := p.show(method, "DPoP", access, p.proof(method, "/userinfo", access))
		if a.StatusCode != http.StatusOK || a.json(t)["sub"] != "u-alice" || a.Header.Get("DPoP-Nonce") == "" {
			t.Errorf("%s: %d %s", method, a.StatusCode, a.body)
		}
	}
	if plain := p.tokens(nil); plain["token_type"] != "Bearer" || claims(t, plain["access_token"])["cnf"] != nil {
		t.Errorf("without a proof: %v", plain)
	}
}

// RFC 9449 8: nonces rotate, and one of the step before is good still.
func TestDPoPNonce(t *testing.T) {
	p := newRig(t).prover()
	code := p.code("spa", nil)
	first := p.nonce()
	with := func(nonce string) reply {
		return p.post("/token", exchange(code, nil), withProof(p.proof("POST", "/token", "", func(c map[string]any) { c["nonce"] = nonce })))
	}
	for name, nonce := range map[string]string{"invented": strings.Repeat("A", 22), "empty": "", "long": strings.Repeat("A", 4000)} {
		a := with(nonce)
		p.wantError(a, http.StatusBadRequest, "use_dpop_nonce")
		if a.Header.Get("DPoP-Nonce") != first {
			t.Errorf("%s: no nonce along with the refusal", name)
		}
	}
	p.clock.advance(5 * time.Minute)
	second := p.nonce()
	if second == first || second == "" {
		t.Errorf("the nonce %q does not rotate", first)
	}
	code = p.code("spa", nil)
	if a := with(first); a.StatusCode != http.StatusOK || a.Header.Get("DPoP-Nonce") != second {
		t.Errorf("the nonce before: %d %s", a.StatusCode, a.body)
	}
	p.clock.advance(5 * time.Minute)
	code = p.code("spa", nil)
	p.wantError(with(first), http.StatusBadRequest, "use_dpop_nonce")
	if a := with(second); a.StatusCode != http.StatusOK {
		t.Errorf("a refused proof has used the code up: %s", a.body)
	}
}

// Attack: the same proof again, at both endpoints.
func TestDPoPReplay(t *testing.T) {
	p := newRig(t).prover()
	raw := p.proof("POST", "/token", "")
	a := p.post("/token", exchange(p.code("spa", nil), nil), withProof(raw))
	if a.StatusCode != http.StatusOK {
		t.Fatal(a.body)
	}
	access := a.json(t)["access_token"].(string)
	code := p.code("spa", nil)
	p.wantError(p.post("/token", exchange(code, nil), withProof(raw)), http.StatusBadRequest, "invalid_dpop_proof")
	p.wantError(p.post("/token", refresh(a.json(t)["refresh_token"].(string), nil), withProof(raw)), http.StatusBadRequest, "invalid_dpop_proof")
	if a := p.token(exchange(code, nil)); a.StatusCode != http.StatusOK {
		t.Errorf("the replay has used the code up: %s", a.body)
	}
	raw = p.proof("GET", "/userinfo", access)
	if a := p.show("GET", "DPoP", access, raw); a.StatusCode != http.StatusOK {
		t.Fatal(a.body)
	}
	p.refusedAt(p.show("GET", "DPoP", access, raw), "invalid_dpop_proof")
	p.clock.advance(89 * time.Second)
	p.refusedAt(p.show("GET", "DPoP", access, raw), "invalid_dpop_proof")
	p.clock.advance(2 * time.Second)
	p.refusedAt(p.show("GET", "DPoP", access, raw), "invalid_dpop_proof") // too old now
}

// Attack: the same proof many times in the same moment.
func TestDPoPReplayAtOnce(t *testing.T) {
	p := newRig(t).prover()
	access := p.bound()["access_token"].(string)
	raw := p.proof("GET", "/userinfo", access)
	var taken atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if p.show("GET", "DPoP", access, raw).StatusCode == http.StatusOK {
				taken.Add(1)
			}
		})
	}
	if all.Wait(); taken.Load() != 1 {
		t.Errorf("one proof was taken %d times", taken.Load())
	}
}

// Attack: a stolen access token, with all that a thief without the key can do.
func TestDPoPStolenToken(t *testing.T) {
	p := newRig(t).prover()
	thief := p.prover()
	access := p.bound()["access_token"].(string)
	other := p.bound()["access_token"].(string)
	p.refusedAt(p.show("GET", "Bearer", access, ""), "invalid_token")
	p.refusedAt(p.show("GET", "Bearer", access, thief.proof("GET", "/userinfo", access)), "invalid_token")
	p.refusedAt(p.show("GET", "DPoP", access, ""), "invalid_dpop_proof")
	p.refusedAt(p.show("GET", "DPoP", access, thief.proof("GET", "/userinfo", access)), "invalid_token")
	p.refusedAt(p.show("GET", "DPoP", access, p.proof("GET", "/userinfo", other)), "invalid_dpop_proof")
	p.refusedAt(p.show("GET", "DPoP", access, p.proof("GET", "/userinfo", "")), "invalid_dpop_proof")
	p.refusedAt(p.show("POST", "DPoP", access, p.proof("GET", "/userinfo", access)), "invalid_dpop_proof")
	p.refusedAt(p.show("GET", "DPoP", access, p.proof("GET", "/token", access)), "invalid_dpop_proof")
	p.refusedAt(p.show("GET", "DPoP", access, p.proof("GET", "/userinfo", access, func(c map[string]any) { delete(c, "nonce") })), "use_dpop_nonce")
	p.refusedAt(p.post("/userinfo", url.Values{"access_token": {access}}), "invalid_token")
	plain := p.tokens(nil)["access_token"].(string)
	p.refusedAt(p.show("GET", "DPoP", plain, p.proof("GET", "/userinfo", plain)), "invalid_token")
	a := p.show("GET", "DPoP", access, thief.proof("GET", "/userinfo", access))
	if head := a.Header.Get("WWW-Authenticate"); !strings.HasPrefix(head, "DPoP ") || !strings.Contains(head, `algs="ES256 `) {
		t.Errorf("challenge %q", head)
	}
}

// Attack: the Host header says where the request went.
func TestDPoPOtherHost(t *testing.T) {
	p := newRig(t).prover()
	raw := p.proof("POST", "/token", "", func(c map[string]any) { c["htu"] = "http://evil.example.com/token" })
	a := p.post("/token", exchange(p.code("spa", nil), nil), withProof(raw), func(q *http.Request) { q.Host = "evil.example.com" })
	p.wantError(a, http.StatusBadRequest, "invalid_dpop_proof")
}

// Attack: proofs that are none. What each is made of is package dpop's own test.
func TestDPoPForged(t *testing.T) {
	p := newRig(t).prover()
	code := p.code("spa", nil)
	good := p.proof("POST", "/token", "")
	head := func(h string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(h)) + good[strings.Index(good, "."):]
	}
	private, err := json.Marshal(jose.JSONWebKey{Key: p.key})
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{
		"alg none":    head(`{"alg":"none","typ":"dpop+jwt"}`),
		"alg HS256":   head(`{"alg":"HS256","typ":"dpop+jwt","jwk":{"kty":"oct","k":"AAAA"}}`),
		"private key": head(`{"alg":"ES256","typ":"dpop+jwt","jwk":` + string(private) + `}`),
		"huge":        p.proof("POST", "/token", "", func(c map[string]any) { c["x"] = strings.Repeat("x", 9<<10) }),
		"empty":       "",
	} {
		a := p.post("/token", exchange(code, nil), withProof(raw))
		if a.json(t)["error"] != "invalid_dpop_proof" {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	p.wantError(p.post("/token", exchange(code, nil), withProof(good), withProof(good)), http.StatusBadRequest, "invalid_dpop_proof")
	if a := p.token(exchange(code, nil)); a.StatusCode != http.StatusOK {
		t.Errorf("a forged proof has used the code up: %s", a.body)
	}
}

// Attack: proofs without end, by somebody who has nothing to redeem. Nothing is kept.
func TestDPoPFloodOfStrangers(t *testing.T) {
	p := newRig(t).prover()
	for range 5 {
		p.wantError(p.token(exchange("no-such-code", nil)), http.StatusBadRequest, "invalid_grant")
		p.wantError(p.token(refresh("no-such-token", nil)), http.StatusBadRequest, "invalid_grant")
		p.show("GET", "DPoP", "no.such.token", p.proof("GET", "/userinfo", "no.such.token"))
	}
	p.clock.advance(time.Hour) // all that expires
	n, err := p.store.Sweep(t.Context())
	if err != nil || n != 0 {
		t.Errorf("%d records were kept, %v", n, err)
	}
	if _, err := p.store.Get(t.Context(), store.Proof, "x"); err == nil {
		t.Error("there is a proof")
	}
}

func TestDPoPBoundClient(t *testing.T) {
	p := newRig(t).prover()
	code := p.code("bound", nil)
	form := exchange(code, url.Values{"client_id": {"bound"}})
	p.wantError(p.post("/token", form), http.StatusBadRequest, "invalid_dpop_proof")
	if a := p.token(form); a.StatusCode != http.StatusOK || a.json(t)["token_type"] != "DPoP" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

// RFC 9449 5: a public client's refresh token is worth nothing without the key; one of a
// confidential client is bound to the client, which may change its keys.
func TestDPoPRefresh(t *testing.T) {
	p := newRig(t).prover()
	thief := p.prover()
	raw := p.bound()["refresh_token"].(string)
	p.wantError(thief.token(refresh(raw, nil)), http.StatusBadRequest, "invalid_grant")
	p.wantError(p.post("/token", refresh(raw, nil)), http.StatusBadRequest, "invalid_grant")
	for range 2 {
		a := p.token(refresh(raw, nil)) // and the thief has not ended the grant
		if a.StatusCode != http.StatusOK || a.json(t)["token_type"] != "DPoP" || claims(t, a.json(t)["access_token"])["acr"] != "2.0" {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
		raw = a.json(t)["refresh_token"].(string)
	}
	form := exchange(p.code("web", nil), url.Values{"client_id": {}, "redirect_uri": {webURI}})
	got := p.post("/token", form, basic("web", secret), withProof(p.proof("POST", "/token", ""))).json(t)
	next := refresh(got["refresh_token"].(string), url.Values{"client_id": {}})
	a := p.post("/token", next, basic("web", secret), withProof(thief.proof("POST", "/token", "")))
	if a.StatusCode != http.StatusOK || fmt.Sprint(claims(t, a.json(t)["access_token"])["cnf"]) != fmt.Sprint(map[string]any{"jkt": thief.jkt}) {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

// RFC 9449 10: the authorization request says which key the code is for.
func TestDPoPAuthorizationCodeBinding(t *testing.T) {
	p := newRig(t).prover()
	thief := p.prover()
	bound := func() string { return p.code("spa", url.Values{"dpop_jkt": {p.jkt}}) }
	if a := p.token(exchange(bound(), nil)); a.StatusCode != http.StatusOK {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	p.wantError(thief.token(exchange(bound(), nil)), http.StatusBadRequest, "invalid_grant")
	p.wantError(p.post("/token", exchange(bound(), nil)), http.StatusBadRequest, "invalid_grant")
	for _, bad := range []string{"x", p.jkt + "A", p.jkt[:42] + "\n"} {
		if got := p.get("/authorize", good("spa", url.Values{"dpop_jkt": {bad}})).sent(t); got.Get("error") != "invalid_request" {
			t.Errorf("%q: %v", bad, got)
		}
	}
}

func TestUserinfoTellsOfBothSchemes(t *testing.T) {
	r := newRig(t)
	a := r.get("/userinfo", nil)
	heads := strings.Join(a.Header.Values("WWW-Authenticate"), " | ")
	if a.StatusCode != http.StatusUnauthorized || !strings.Contains(heads, "Bearer realm=") || !strings.Contains(heads, "DPoP realm=") || strings.Contains(heads, "error") {
		t.Errorf("%d %q", a.StatusCode, heads)
	}
}

// A script of another origin can send proofs and read nonces.
func TestDPoPAcrossOrigins(t *testing.T) {
	r := newRig(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, r.server.URL+"/token", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if a := r.do(req); !strings.Contains(a.Header.Get("Access-Control-Allow-Headers"), "DPoP") || !strings.Contains(a.Header.Get("Access-Control-Expose-Headers"), "DPoP-Nonce") {
		t.Errorf("%v", a.Header)
	}
}
