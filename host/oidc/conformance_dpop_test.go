package oidc_test

import (
	"maps"
	"net/http"
	"net/url"
	"testing"
	"time"
)

// pushed is a request that a client has pushed, with a proof or without.
func (p *prover) pushed(extra url.Values, change ...func(*http.Request)) reply {
	p.Helper()
	form := good("bound", extra)
	return p.post("/par", form, change...)
}

func (p *prover) codeOf(a reply) string {
	p.Helper()
	q := url.Values{"client_id": {"bound"}, "request_uri": {a.json(p.T)["request_uri"].(string)}}
	code := p.get("/authorize", q).sent(p.T).Get("code")
	if code == "" {
		p.Fatal("no code")
	}
	return code
}

// ok redeems a code of the bound client with a proof.
func (p *prover) ok(code string, change ...func(map[string]any)) map[string]any {
	p.Helper()
	a := p.post("/token", boundForm(code, "bound"), withProof(p.proof("POST", "/token", "", change...)))
	if a.StatusCode != http.StatusOK {
		p.Errorf("%d %s", a.StatusCode, a.body)
	}
	return a.json(p.T)
}

func with(claims map[string]any) func(map[string]any) {
	return func(c map[string]any) { maps.Copy(c, claims) }
}

// What the modules of the FAPI 2.0 Security Profile plan demand of DPoP, by their names
// without "fapi2-security-profile-final-".
func TestConformanceDPoP(t *testing.T) {
	for name, demand := range map[string]func(p *prover){
		"ensure-holder-of-key-required": func(p *prover) {
			form := boundForm(p.code("bound", nil), "bound")
			p.wantError(p.post("/token", form), http.StatusBadRequest, "invalid_dpop_proof")
		},
		"check-dpop-proof-nbf-exp": func(p *prover) {
			now := p.clock.now()
			p.ok(p.code("bound", nil), with(map[string]any{"nbf": now.Unix(), "exp": now.Add(5 * time.Minute).Unix()}))
		},
		"ensure-dpopproof-with-iat-10seconds-before-succeeds": func(p *prover) {
			p.ok(p.code("bound", nil), with(map[string]any{"iat": p.clock.now().Unix() - 10}))
		},
		"ensure-dpopproof-with-iat-10seconds-after-succeeds": func(p *prover) {
			p.ok(p.code("bound", nil), with(map[string]any{"iat": p.clock.now().Unix() + 10}))
		},
		"ensure-dpopproof-at-par-endpoint-binding-success": func(p *prover) {
			p.ok(p.codeOf(p.pushed(nil, withProof(p.proof("POST", "/par", "")))))
		},
		"ensure-dpop-auth-code-binding-success": func(p *prover) {
			p.ok(p.codeOf(p.pushed(url.Values{"dpop_jkt": {p.jkt}})))
		},
		"ensure-mismatched-dpop-jkt-fails": func(p *prover) {
			a := p.pushed(url.Values{"dpop_jkt": {p.prover().jkt}}, withProof(p.proof("POST", "/par", "")))
			p.wantError(a, http.StatusBadRequest, "invalid_dpop_proof")
		},
		"ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt": func(p *prover) {
			code := p.codeOf(p.pushed(nil, withProof(p.proof("POST", "/par", ""))))
			p.wantError(p.prover().token(boundForm(code, "bound")), http.StatusBadRequest, "invalid_grant")
		},
		"ensure-token-endpoint-fails-with-mismatched-dpop-jkt": func(p *prover) {
			code := p.codeOf(p.pushed(url.Values{"dpop_jkt": {p.jkt}}))
			p.wantError(p.prover().token(boundForm(code, "bound")), http.StatusBadRequest, "invalid_grant")
		},
		"access-token-type-header-case-sensitivity": func(p *prover) {
			access := p.ok(p.code("bound", nil))["access_token"].(string)
			for _, scheme := range []string{"dpop", "DPOP", "dPoP"} {
				if a := p.show("GET", scheme, access, p.proof("GET", "/userinfo", access)); a.StatusCode != http.StatusOK {
					p.Errorf("%s: %d", scheme, a.StatusCode)
				}
			}
		},
		"attempt-reuse-authorization-code-after-one-second": func(p *prover) {
			code := p.code("bound", nil)
			p.ok(code)
			p.clock.advance(time.Second)
			p.wantError(p.token(boundForm(code, "bound")), http.StatusBadRequest, "invalid_grant")
		},
		"ensure-token-endpoint-fails-with-expired-auth-code": func(p *prover) {
			code := p.code("bound", nil)
			p.clock.advance(61 * time.Second)
			p.wantError(p.token(boundForm(code, "bound")), http.StatusBadRequest, "invalid_grant")
		},
		"ensure-authorization-code-is-bound-to-client": func(p *prover) {
			form := boundForm(p.code("bound", nil), "spa")
			p.wantError(p.token(form), http.StatusBadRequest, "invalid_grant")
		},
		"refresh-token": func(p *prover) {
			got := p.ok(p.code("bound", nil))
			next := refresh(got["refresh_token"].(string), url.Values{"client_id": {"bound"}})
			p.wantError(p.prover().token(next), http.StatusBadRequest, "invalid_grant")
			if a := p.token(next); a.StatusCode != http.StatusOK || a.json(p.T)["token_type"] != "DPoP" {
				p.Errorf("%d %s", a.StatusCode, a.body)
			}
		},
		"dpop-negative-tests": negativeProofs,
	} {
		t.Run("fapi2-security-profile-final-"+name, func(t *testing.T) { demand(newRig(t).prover()) })
	}
}

// negativeProofs are refused at the resource with 400 or 401; then a right one still works.
func negativeProofs(p *prover) {
	p.Helper()
	access := p.ok(p.code("bound", nil))["access_token"].(string)
	hour := int64(time.Hour / time.Second)
	now := p.clock.now().Unix()
	url := p.server.URL + "/userinfo"
	for name, claims := range map[string]map[string]any{
		"htu is missing": {"htu": nil}, "iat is missing": {"iat": nil}, "ath is missing": {"ath": nil}, "jti is missing": {"jti": nil}, "htm is missing": {"htm": nil},
		"htm is PUT": {"htm": "PUT"}, "another htu": {"htu": "https://www.example.com/userinfo"},
		"iat in an hour": {"iat": now + hour}, "iat an hour ago": {"iat": now - hour}, "another ath": {"ath": "wrong"},
	} {
		if a := p.show("GET", "DPoP", access, p.proof("GET", "/userinfo", access, with(claims))); a.StatusCode != http.StatusUnauthorized {
			p.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	for name, claims := range map[string]map[string]any{
		"query and fragment": {"htu": url + "?a=1#b"}, "spelt otherwise": {"htu": p.server.URL + "/x/../%75serinfo"}, "as it is": {},
	} {
		if a := p.show("GET", "DPoP", access, p.proof("GET", "/userinfo", access, with(claims))); a.StatusCode != http.StatusOK {
			p.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
}
