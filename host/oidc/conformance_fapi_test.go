package oidc_test

import (
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// bank is a client that is held to FAPI 2.0, as its profile alone makes it.
type bank struct {
	*prover
	id string
}

func newBank(t *testing.T) *bank {
	t.Helper()
	r := newRig(t)
	b := &bank{r.prover(), "bank"}
	r.add(b.id, map[string]any{
		"profile": "fapi2", "token_endpoint_auth_method": "private_key_jwt", "jwks": string(keySet("RS256", "ES256", "EdDSA")), "redirect_uris": []any{webURI},
	})
	return b
}

// by is a form with the client's assertion.
func (b *bank) by(form url.Values, alg string, extra object) url.Values {
	b.Helper()
	form.Set("client_id", b.id)
	form.Set("client_assertion_type", assertionType)
	form.Set("client_assertion", by(b.T, alg, b.assertion(b.id).with(extra), nil))
	return form
}

func (b *bank) request(extra url.Values) url.Values {
	q := good(b.id, url.Values{"redirect_uri": {webURI}})
	maps.Copy(q, extra)
	return q
}

// push pushes a request that works.
func (b *bank) push(extra url.Values) reply {
	b.Helper()
	return b.post("/par", b.by(b.request(extra), "ES256", nil))
}

// code is the code of a login that was pushed.
func (b *bank) code() string {
	b.Helper()
	code := b.pull(b.id, b.rig.pushed(b.push(nil))).sent(b.T).Get("code")
	if code == "" {
		b.Fatal("no code")
	}
	return code
}

func (b *bank) redeem(code string, alg string, extra object) reply {
	b.Helper()
	form := exchange(code, url.Values{"redirect_uri": {webURI}})
	return b.token(b.by(form, alg, extra))
}

// wantAudienceRefused wants an assertion for somebody refused, at every endpoint.
func (b *bank) wantAudienceRefused(aud any) {
	b.Helper()
	b.wantError(b.redeem("c", "ES256", object{"aud": aud}), http.StatusUnauthorized, "invalid_client")
	b.wantError(b.post("/par", b.by(b.request(nil), "ES256", object{"aud": aud})), http.StatusUnauthorized, "invalid_client")
}

// TestConformanceFAPI states what modules of the FAPI 2.0 Security Profile (Final) plan
// demand, by their names without "fapi2-security-profile-final-", of a client whose only
// setting is its profile.
func TestConformanceFAPI(t *testing.T) {
	for name, demand := range map[string]func(b *bank){
		"happy-flow": func(b *bank) {
			a := b.redeem(b.code(), "ES256", nil)
			m := a.json(b.T)
			if a.StatusCode != http.StatusOK || m["token_type"] != "DPoP" {
				b.Fatalf("%d %s", a.StatusCode, a.body)
			}
			head, _ := base64.RawURLEncoding.DecodeString(strings.Split(m["id_token"].(string), ".")[0])
			if !strings.Contains(string(head), `"ES256"`) || claims(b.T, m["access_token"])["cnf"].(map[string]any)["jkt"] != b.jkt {
				b.Errorf("ID token header %s, access token %v", head, claims(b.T, m["access_token"]))
			}
		},
		"ensure-unsigned-authorization-request-without-using-par-fails": func(b *bank) {
			b.wantSent(b.get("/authorize", b.request(nil)), "invalid_request")
		},
		"par-ensure-pkce-required": func(b *bank) {
			b.wantError(b.push(url.Values{"code_challenge": {}, "code_challenge_method": {}}), http.StatusBadRequest, "invalid_request")
		},
		"par-ensure-plain-pkce-rejected": func(b *bank) {
			b.wantError(b.push(url.Values{"code_challenge": {verifier}, "code_challenge_method": {"plain"}}), http.StatusBadRequest, "invalid_request")
		},
		"ensure-redirect-uri-in-authorization-request": func(b *bank) {
			b.wantError(b.push(url.Values{"redirect_uri": {}}), http.StatusBadRequest, "invalid_request")
		},
		"ensure-holder-of-key-required": func(b *bank) {
			form := b.by(exchange(b.code(), url.Values{"redirect_uri": {webURI}}), "ES256", nil)
			b.wantError(b.post("/token", form), http.StatusBadRequest, "invalid_dpop_proof")
		},
		"ensure-signed-client-assertion-with-RS256-fails": func(b *bank) {
			b.wantError(b.redeem(b.code(), "RS256", nil), http.StatusUnauthorized, "invalid_client")
			if got := b.redeem(b.code(), "PS256", nil); got.StatusCode != http.StatusOK {
				b.Errorf("PS256: %d %s", got.StatusCode, got.body)
			}
			if got := b.redeem(b.code(), "EdDSA", nil); got.StatusCode != http.StatusOK {
				b.Errorf("EdDSA: %d %s", got.StatusCode, got.body)
			}
		},
		"par-test-par-endpoint-url-as-array-audience-fails": func(b *bank) { b.wantAudienceRefused([]string{b.server.URL, b.server.URL + "/par"}) },
		"par-test-par-endpoint-url-as-audience-fails":       func(b *bank) { b.wantAudienceRefused(b.server.URL + "/par") },
		"par-test-token-endpoint-url-as-audience-fails":     func(b *bank) { b.wantAudienceRefused(b.server.URL + "/token") },
		"issuer-as-array-audience-fails":                    func(b *bank) { b.wantAudienceRefused([]string{b.server.URL}) }, // 5.3.2.1: as a string
		"attempt-to-use-expired-auth-code": func(b *bank) {
			code := b.code()
			b.clock.advance(time.Minute)
			b.wantError(b.redeem(code, "ES256", nil), http.StatusBadRequest, "invalid_grant")
		},
		"attempt-reuse-authorization-code-after-one-second": func(b *bank) {
			code := b.code()
			tokens := b.redeem(code, "ES256", nil).json(b.T)
			b.clock.advance(time.Second)
			b.wantError(b.redeem(code, "ES256", nil), http.StatusBadRequest, "invalid_grant")
			if got := b.post("/introspect", url.Values{"token": {tokens["access_token"].(string)}}, basic("web", secret)); got.json(b.T)["active"] != false {
				b.Errorf("introspection: %s", got.body)
			}
		},
		"refresh-token": func(b *bank) {
			first := b.redeem(b.code(), "ES256", nil).json(b.T)["refresh_token"].(string)
			for range 3 { // not rotated, and good for more than once
				a := b.token(b.by(refresh(first, nil), "ES256", nil))
				if a.StatusCode != http.StatusOK || a.json(b.T)["refresh_token"] != first {
					b.Fatalf("%d %s", a.StatusCode, a.body)
				}
			}
			// Attack: it is worth nothing to who can't sign as the client, nor to another one.
			b.wantError(b.token(refresh(first, url.Values{"client_id": {b.id}})), http.StatusUnauthorized, "invalid_client")
			b.wantError(b.post("/token", refresh(first, url.Values{"client_id": {}}), basic("web", secret)), http.StatusBadRequest, "invalid_grant")
			b.wantError(b.token(b.by(refresh(first, nil), "ES256", nil)), http.StatusBadRequest, "invalid_grant") // the grant has ended
		},
		"ensure-authorization-request-with-64-char-nonce-success": func(b *bank) {
			if got := b.pull(b.id, b.rig.pushed(b.push(url.Values{"nonce": {strings.Repeat("n", 64)}}))).sent(b.T); got.Get("code") == "" {
				b.Errorf("answer %v", got)
			}
		},
		"ensure-client-secret-is-not-taken": func(b *bank) {
			form := exchange(b.code(), url.Values{"redirect_uri": {webURI}, "client_id": {b.id}, "client_secret": {secret}})
			b.wantError(b.token(form), http.StatusUnauthorized, "invalid_client")
		},
	} {
		t.Run("fapi2-security-profile-final-"+name, func(t *testing.T) { demand(newBank(t)) })
	}
}
