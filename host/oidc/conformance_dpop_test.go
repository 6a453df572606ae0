package oidc_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func with(claims map[string]any) func(map[string]any) {
	return func(c map[string]any) { maps.Copy(c, claims) }
}

// proves makes a login in which each proof has these claims: with the push, for the tokens
// and at the resource.
func (b *bank) proves(claims map[string]any) {
	b.Helper()
	code := b.code(nil, withProof(b.proof("POST", "/par", "", with(claims))))
	a := b.post("/token", b.by(b.form(code, nil), b.alg, nil), withProof(b.proof("POST", "/token", "", with(claims))))
	if a.StatusCode != http.StatusOK {
		b.Fatalf("%d %s", a.StatusCode, a.body)
	}
	access := a.json(b.T)["access_token"].(string)
	if a := b.show("GET", "DPoP", access, b.proof("GET", "/userinfo", access, with(claims))); a.StatusCode != http.StatusOK {
		b.Errorf("%d %s", a.StatusCode, a.body)
	}
}

// anotherKey redeems a code with a key that it is not bound to.
func (b *bank) anotherKey(code string) {
	b.Helper()
	b.wantError(b.rig.prover().token(b.by(b.form(code, nil), b.alg, nil)), http.StatusBadRequest, "invalid_grant")
}

// TestConformanceDPoP states what the modules of the FAPI 2.0 Security Profile (Final) plan
// demand of DPoP, by their names.
func TestConformanceDPoP(t *testing.T) {
	for name, demand := range map[string]func(*bank){
		"fapi2-security-profile-final-check-dpop-proof-nbf-exp": func(b *bank) {
			now := b.clock.now()
			b.proves(map[string]any{"nbf": now.Unix(), "exp": now.Add(5 * time.Minute).Unix()})
		},
		"fapi2-security-profile-final-ensure-dpopproof-with-iat-10seconds-before-succeeds": func(b *bank) {
			b.proves(map[string]any{"iat": b.clock.now().Unix() - 10})
		},
		"fapi2-security-profile-final-ensure-dpopproof-with-iat-10seconds-after-succeeds": func(b *bank) {
			b.proves(map[string]any{"iat": b.clock.now().Unix() + 10})
		},
		"fapi2-security-profile-final-ensure-dpopproof-at-par-endpoint-binding-success": func(b *bank) {
			b.tokens(b.code(nil, withProof(b.proof("POST", "/par", ""))))
		},
		"fapi2-security-profile-final-ensure-dpop-auth-code-binding-success": func(b *bank) {
			b.tokens(b.code(url.Values{"dpop_jkt": {b.jkt}}, withProof(b.proof("POST", "/par", ""))))
		},
		"fapi2-security-profile-final-ensure-mismatched-dpop-jkt-fails": func(b *bank) {
			a := b.push(url.Values{"dpop_jkt": {b.rig.prover().jkt}}, withProof(b.proof("POST", "/par", "")))
			b.wantError(a, http.StatusBadRequest, "invalid_dpop_proof")
		},
		"fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt": func(b *bank) {
			b.anotherKey(b.code(nil, withProof(b.proof("POST", "/par", ""))))
		},
		"fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-jkt": func(b *bank) {
			b.anotherKey(b.code(url.Values{"dpop_jkt": {b.jkt}}))
		},
		"fapi2-security-profile-final-access-token-type-header-case-sensitivity": func(b *bank) {
			access := b.tokens(b.code(nil))["access_token"].(string)
			for _, scheme := range []string{"dpop", "DPOP", "dPoP"} {
				if a := b.show("GET", scheme, access, b.proof("GET", "/userinfo", access)); a.StatusCode != http.StatusOK {
					b.Errorf("%s: %d", scheme, a.StatusCode)
				}
			}
		},
		"fapi2-security-profile-final-dpop-negative-tests": (*bank).negativeProofs,
	} {
		t.Run(name, func(t *testing.T) { demand(newBank(t)) })
	}
}

// negativeProofs are refused at the resource with 400 or 401; then a right one still works.
func (b *bank) negativeProofs() {
	b.Helper()
	access := b.tokens(b.code(nil))["access_token"].(string)
	right := func(change ...func(map[string]any)) string { return b.proof("GET", "/userinfo", access, change...) }
	for name, proof := range b.brokenProofs(access) {
		if a := b.show("GET", "DPoP", access, proof); a.StatusCode != http.StatusUnauthorized && a.StatusCode != http.StatusBadRequest {
			b.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	if a := b.post("/userinfo", nil, func(q *http.Request) {
		q.Header.Set("Authorization", "DPoP "+access)
		q.Header["Dpop"] = []string{b.proof("POST", "/userinfo", access), b.proof("POST", "/userinfo", access)}
	}); a.StatusCode != http.StatusUnauthorized && a.StatusCode != http.StatusBadRequest {
		b.Errorf("two proofs: %d %s", a.StatusCode, a.body)
	}
	if a := b.show("GET", "Bearer", access, ""); a.StatusCode != http.StatusUnauthorized {
		b.Errorf("as a bearer token: %d %s", a.StatusCode, a.body)
	}
	url := b.server.URL + "/userinfo"
	for name, claims := range map[string]map[string]any{
		"query and fragment": {"htu": url + "?a=1#b"}, "spelt otherwise": {"htu": b.server.URL + "/x/../%75serinfo"}, "upper case": {"htu": strings.Replace(url, "http:", "HTTP:", 1)},
		"unknown claims": {"tx_id_key": b.clock.now().Unix()}, "as it is": {},
	} {
		if a := b.show("GET", "DPoP", access, right(with(claims))); a.StatusCode != http.StatusOK {
			b.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	used := right()
	for i, want := range []int{http.StatusOK, http.StatusUnauthorized} {
		if a := b.show("GET", "DPoP", access, used); a.StatusCode != want {
			b.Errorf("use %d: %d %s", i+1, a.StatusCode, a.body)
		}
	}
}

// brokenProofs are proofs with one fault each, by what it is.
func (b *bank) brokenProofs(access string) map[string]string {
	b.Helper()
	right := func(change ...func(map[string]any)) string { return b.proof("GET", "/userinfo", access, change...) }
	claimsOf := func() (c map[string]any) { right(func(m map[string]any) { c = m }); return c }
	headed := func(head map[jose.HeaderKey]any) string {
		all := map[jose.HeaderKey]any{"typ": "dpop+jwt", "jwk": jose.JSONWebKey{Key: b.key.Public()}}
		maps.Copy(all, head)
		maps.DeleteFunc(all, func(_ jose.HeaderKey, v any) bool { return v == nil })
		return b.signHead(claimsOf(), all)
	}
	private, err := json.Marshal(jose.JSONWebKey{Key: b.key})
	if err != nil {
		b.Fatal(err)
	}
	forged := func(head string) string {
		parts := strings.Split(right(), ".")
		return base64.RawURLEncoding.EncodeToString([]byte(head)) + "." + parts[1] + "." + parts[2]
	}
	public, err := json.Marshal(jose.JSONWebKey{Key: b.key.Public()})
	if err != nil {
		b.Fatal(err)
	}
	other := b.rig.prover()
	proofs := map[string]string{
		"no JWT": strings.Join(strings.Split(right(), ".")[:2], "."), "no typ": headed(map[jose.HeaderKey]any{"typ": nil}), "another typ": headed(map[jose.HeaderKey]any{"typ": "dpop+jwt+wrong"}),
		"no jwk": headed(map[jose.HeaderKey]any{"jwk": nil}), "a private jwk": forged(`{"alg":"ES256","typ":"dpop+jwt","jwk":` + string(private) + `}`),
		"no alg": forged(`{"alg2":"ES256","typ":"dpop+jwt","jwk":` + string(public) + `}`), "alg none": unsigned(claimsOf(), "none"),
		"another signature": right()[:len(right())-8] + "AAAAAAAA", "another key": other.proof("GET", "/userinfo", access), "none": "",
	}
	hour := int64(time.Hour / time.Second)
	now := b.clock.now().Unix()
	for name, claims := range map[string]map[string]any{
		"htu is missing": {"htu": nil}, "iat is missing": {"iat": nil}, "ath is missing": {"ath": nil}, "jti is missing": {"jti": nil}, "htm is missing": {"htm": nil},
		"htm is PUT": {"htm": "PUT"}, "another htu": {"htu": "https://www.example.com/userinfo"},
		"iat in an hour": {"iat": now + hour}, "iat an hour ago": {"iat": now - hour}, "another ath": {"ath": "wrong"},
	} {
		proofs[name] = right(with(claims))
	}
	return proofs
}

// The same key signs by PS256, and by RS256, which FAPI 2.0 Security Profile 5.4.1 forbids to
// proofs too: fapi2-security-profile-final-dpop-negative-tests of a client with an RSA key.
func TestFAPIProofAlgorithm(t *testing.T) {
	b := newBank(t)
	prove := func(alg jose.SignatureAlgorithm, method, path, access string) string {
		var claims map[string]any
		b.proof(method, path, access, func(c map[string]any) { claims = c })
		key := pairs()["RS256"].private
		return signed(t, string(alg), key, claims, object{"typ": "dpop+jwt", "jwk": publicKey(t, "RS256")})
	}
	b.wantError(b.post("/token", b.by(b.form(b.code(nil), nil), b.alg, nil), withProof(prove(jose.RS256, "POST", "/token", ""))), http.StatusBadRequest, "invalid_dpop_proof")
	a := b.post("/token", b.by(b.form(b.code(nil), nil), b.alg, nil), withProof(prove(jose.PS256, "POST", "/token", "")))
	access, _ := a.json(t)["access_token"].(string)
	if a := b.show("GET", "DPoP", access, prove(jose.RS256, "GET", "/userinfo", access)); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("RS256 at the resource: %d %s", a.StatusCode, a.body)
	}
	if a := b.show("GET", "DPoP", access, prove(jose.PS256, "GET", "/userinfo", access)); a.StatusCode != http.StatusOK {
		t.Errorf("PS256 at the resource: %d %s", a.StatusCode, a.body)
	}
}
