package oidc_test

import (
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
)

// bank is a client that is held to FAPI 2.0, as its profile alone makes it.
type bank struct {
	*prover
	id, alg, uri string // alg also names its key
}

// newBank makes two of them; extra is added to the settings of the first.
func newBank(t *testing.T, extra ...map[string]any) *bank {
	t.Helper()
	r := newRig(t)
	b := &bank{r.prover(), "bank", "ES256", webURI}
	settings := map[string]any{
		"profile": "fapi2", "token_endpoint_auth_method": "private_key_jwt", "jwks": string(keySet("RS256", "ES256", "EdDSA")), "redirect_uris": []any{webURI},
	}
	for _, e := range extra {
		maps.Copy(settings, e)
	}
	r.add(b.id, settings)
	r.add("bank-2", map[string]any{
		"profile": "fapi2", "token_endpoint_auth_method": "private_key_jwt", "jwks": string(keySet("other")), "redirect_uris": []any{webURI + "&dummy1=lorem&dummy2=ipsum"},
	})
	return b
}

// second is the other client.
func (b *bank) second() *bank {
	b.Helper()
	return &bank{b.rig.prover(), "bank-2", "other", webURI + "&dummy1=lorem&dummy2=ipsum"}
}

// by is a form with the client's assertion; extra as in object.with.
func (b *bank) by(form url.Values, alg string, extra object) url.Values {
	b.Helper()
	form.Set("client_id", b.id)
	form.Set("client_assertion_type", assertionType)
	form.Set("client_assertion", by(b.T, alg, b.assertion(b.id).with(extra), nil))
	return form
}

// request is what the client asks for; extra as in good.
func (b *bank) request(extra url.Values) url.Values {
	q := good(b.id, url.Values{"redirect_uri": {b.uri}})
	maps.Copy(q, extra)
	return q
}

// push pushes a request that works.
func (b *bank) push(extra url.Values, change ...func(*http.Request)) reply {
	b.Helper()
	return b.post("/par", b.by(b.request(extra), b.alg, nil), change...)
}

// pushed is the request_uri of a request that was taken.
func (b *bank) pushed(extra url.Values, change ...func(*http.Request)) string {
	b.Helper()
	a := b.push(extra, change...)
	if a.Header.Get("Content-Type") != "application/json" || a.json(b.T)["expires_in"].(float64) >= 600 {
		b.Errorf("headers %v, %s", a.Header, a.body)
	}
	return b.rig.pushed(a)
}

// code is the code of a login that was pushed.
func (b *bank) code(extra url.Values, change ...func(*http.Request)) string {
	b.Helper()
	return b.coded(b.pull(b.id, b.pushed(extra, change...)))
}

func (b *bank) coded(a reply) string {
	b.Helper()
	got := a.sent(b.T)
	if len(got.Get("code")) < 22 || got.Get("iss") != b.server.URL || got.Has("error") {
		b.Fatalf("answer %v", got)
	}
	return got.Get("code")
}

// form redeems a code; extra as in good.
func (b *bank) form(code string, extra url.Values) url.Values {
	q := exchange(code, url.Values{"redirect_uri": {b.uri}})
	maps.Copy(q, extra)
	return q
}

func (b *bank) redeem(code, alg string, extra object) reply {
	b.Helper()
	return b.token(b.by(b.form(code, nil), alg, extra))
}

// tokens are those of a code.
func (b *bank) tokens(code string) map[string]any {
	b.Helper()
	a := b.redeem(code, b.alg, nil)
	got := a.json(b.T)
	if a.StatusCode != http.StatusOK || a.Header.Get("Cache-Control") != "no-store" || got["token_type"] != "DPoP" || got["expires_in"].(float64) <= 0 {
		b.Fatalf("%d %s, headers %v", a.StatusCode, a.body, a.Header)
	}
	return got
}

// refused wants a proof of who the client is refused, where it is pushed and redeemed.
func (b *bank) refused(alg string, extra object) {
	b.Helper()
	b.wantError(b.redeem(b.code(nil), alg, extra), http.StatusUnauthorized, "invalid_client")
	b.wantError(b.post("/par", b.by(b.request(nil), alg, extra)), http.StatusUnauthorized, "invalid_client")
}

// notPushed wants a push refused with one of these errors.
func (b *bank) notPushed(extra url.Values, codes ...string) {
	b.Helper()
	a := b.push(extra)
	if a.StatusCode != http.StatusBadRequest || !slices.Contains(codes, a.json(b.T)["error"].(string)) {
		b.Errorf("%d %s, want one of %v", a.StatusCode, a.body, codes)
	}
}

// beside goes to the authorization endpoint with parameters beside a pushed request.
func (b *bank) beside(uri string, extra url.Values) reply {
	b.Helper()
	q := b.request(extra)
	q.Set("request_uri", uri)
	return b.get("/authorize", q)
}

// TestConformanceFAPI states what the modules of the FAPI 2.0 Security Profile (Final) plan
// demand, by their names, of a client whose only setting is its profile. Those of DPoP and of
// signed requests are in the files beside.
func TestConformanceFAPI(t *testing.T) {
	for name, demand := range map[string]func(*bank){
		"fapi2-security-profile-final-happy-flow": (*bank).happy,
		"fapi2-security-profile-final-user-rejects-authentication": func(b *bank) {
			b.login.change = func(f *login.Finished) {
				f.Run.End, f.Run.Subject = &journey.End{Terminal: journey.Failure, Code: "access_denied", Refused: true}, nil
			}
			for _, client := range []*bank{b, b.second()} {
				state := strings.Repeat("s", 128)
				got := client.pull(client.id, client.pushed(url.Values{"state": {state}})).sent(b.T)
				if got.Get("error") != "access_denied" || got.Get("state") != state || got.Get("iss") != b.server.URL || got.Has("code") || got.Has("dummy1") != (client.id == "bank-2") {
					b.Errorf("answer %v", got)
				}
			}
		},
		"fapi2-security-profile-final-ensure-authorization-request-without-state-success": func(b *bank) {
			a := b.pull(b.id, b.pushed(url.Values{"state": {}}))
			if id := claims(b.T, b.tokens(b.coded(a))["id_token"]); a.sent(b.T).Has("state") || id["s_hash"] != nil {
				b.Errorf("answer %v, ID token %v", a.sent(b.T), id)
			}
		},
		"fapi2-security-profile-final-ensure-authorization-request-without-nonce-success": func(b *bank) {
			if id := claims(b.T, b.tokens(b.code(url.Values{"nonce": {}}))["id_token"]); id["nonce"] != nil {
				b.Errorf("ID token %v", id)
			}
		},
		"fapi2-security-profile-final-ensure-authorization-request-with-64-char-nonce-success": func(b *bank) { b.keepsNonce(64) },
		"fapi2-security-profile-final-ensure-authorization-request-with-long-nonce":            func(b *bank) { b.keepsNonce(384) },
		"fapi2-security-profile-final-ensure-authorization-request-with-long-state": func(b *bank) {
			state := strings.Repeat("s", 1000)
			if got := b.pull(b.id, b.pushed(url.Values{"state": {state}})).sent(b.T); got.Get("state") != state || !got.Has("code") {
				b.Errorf("answer %v", got)
			}
		},
		"fapi2-security-profile-final-ensure-other-scope-order-succeeds": func(b *bank) {
			b.tokens(b.code(url.Values{"scope": {"email openid"}}))
		},
		"fapi2-security-profile-final-test-claims-parameter-identity-claims": (*bank).identity,
		"fapi2-security-profile-final-ensure-different-nonce-inside-and-outside-request-object": func(b *bank) {
			code := b.coded(b.beside(b.pushed(nil), url.Values{"nonce": {"outside"}}))
			if id := claims(b.T, b.tokens(code)["id_token"]); id["nonce"] != "the nonce" {
				b.Errorf("ID token %v", id)
			}
		},
		"fapi2-security-profile-final-ensure-different-state-inside-and-outside-request-object": func(b *bank) {
			if got := b.beside(b.pushed(nil), url.Values{"state": {"outside"}}).sent(b.T); got.Get("state") != "the state" || !got.Has("code") {
				b.Errorf("answer %v", got)
			}
		},
		"fapi2-security-profile-final-state-only-outside-request-object-not-used": func(b *bank) {
			if got := b.beside(b.pushed(url.Values{"state": {}}), url.Values{"state": {"outside"}}).sent(b.T); got.Has("state") || !got.Has("code") {
				b.Errorf("answer %v", got)
			}
		},
		"fapi2-security-profile-final-ensure-request-object-without-redirect-uri-fails": func(b *bank) {
			b.notPushed(url.Values{"redirect_uri": {}}, "invalid_request", "invalid_request_object")
		},
		"fapi2-security-profile-final-ensure-redirect-uri-in-authorization-request": func(b *bank) {
			b.notPushed(url.Values{"redirect_uri": {}}, "invalid_request")
		},
		"fapi2-security-profile-final-ensure-registered-redirect-uri": func(b *bank) {
			b.notPushed(url.Values{"redirect_uri": {webURI + "/Lk2jKnbq"}}, "invalid_request")
		},
		// It is not tolerated: RFC 9126 2.4 leaves that to the server.
		"fapi2-security-profile-final-plain-fapi-tolerate-unregistered-redirect-uri": func(b *bank) {
			b.notPushed(url.Values{"redirect_uri": {webURI + "/Lk2jKnbq"}}, "invalid_request")
		},
		"fapi2-security-profile-final-ensure-unsigned-authorization-request-without-using-par-fails": func(b *bank) {
			a := b.get("/authorize", b.request(nil))
			b.wantSent(a, "invalid_request")
			if a.sent(b.T).Get("state") != "the state" {
				b.Errorf("answer %v", a.sent(b.T))
			}
		},
		"fapi2-security-profile-final-ensure-response-type-code-idtoken-fails": func(b *bank) {
			b.notPushed(url.Values{"response_type": {"code id_token"}}, "unsupported_response_type")
		},
		"fapi2-security-profile-final-ensure-response-type-token-fails": func(b *bank) {
			b.notPushed(url.Values{"response_type": {"token"}}, "unsupported_response_type")
		},
		// The other client's name, by this one's key.
		"fapi2-security-profile-final-ensure-client-id-in-token-endpoint": func(b *bank) {
			q, two := b.form(b.code(nil), nil), b.second()
			b.wantError(b.token(two.by(q, b.alg, nil)), http.StatusUnauthorized, "invalid_client")
		},
		"fapi2-security-profile-final-ensure-authorization-code-is-bound-to-client": func(b *bank) {
			q, two := b.form(b.code(nil), nil), b.second()
			b.wantError(two.token(two.by(q, two.alg, nil)), http.StatusBadRequest, "invalid_grant")
		},
		"fapi2-security-profile-final-ensure-holder-of-key-required": func(b *bank) {
			b.wantError(b.post("/token", b.by(b.form(b.code(nil), nil), b.alg, nil)), http.StatusBadRequest, "invalid_dpop_proof")
		},
		"fapi2-security-profile-final-attempt-reuse-authorization-code-after-one-second": func(b *bank) {
			code := b.code(nil)
			access := b.tokens(code)["access_token"].(string)
			b.clock.advance(time.Second)
			b.wantError(b.redeem(code, b.alg, nil), http.StatusBadRequest, "invalid_grant")
			if a := b.show("GET", "DPoP", access, b.proof("GET", "/userinfo", access)); a.StatusCode != http.StatusUnauthorized {
				b.Errorf("userinfo: %d", a.StatusCode)
			}
			if b.introspected(access)["active"] != false {
				b.Error("its tokens are alive")
			}
		},
		"fapi2-security-profile-final-ensure-token-endpoint-fails-with-expired-auth-code": func(b *bank) {
			code := b.code(nil)
			b.clock.advance(time.Minute)
			b.wantError(b.redeem(code, b.alg, nil), http.StatusBadRequest, "invalid_grant")
		},
		"fapi2-security-profile-final-ensure-signed-client-assertion-with-RS256-fails": func(b *bank) {
			b.refused("RS256", nil)
			for _, alg := range []string{"PS256", "EdDSA"} {
				if got := b.redeem(b.code(nil), alg, nil); got.StatusCode != http.StatusOK {
					b.Errorf("%s: %d %s", alg, got.StatusCode, got.body)
				}
			}
		},
		"fapi2-security-profile-final-ensure-client-assertion-in-token-endpoint": func(b *bank) {
			b.wantError(b.token(b.form(b.code(nil), url.Values{"client_id": {b.id}})), http.StatusUnauthorized, "invalid_client")
		},
		"fapi2-security-profile-final-ensure-client-assertion-with-exp-is-5-minutes-in-past-fails": func(b *bank) {
			b.refused(b.alg, object{"exp": unix(b.clock.now().Add(-5 * time.Minute))})
		},
		"fapi2-security-profile-final-ensure-client-assertion-with-wrong-aud-fails": func(b *bank) { b.refused(b.alg, object{"aud": "https://invalid.example"}) },
		"fapi2-security-profile-final-ensure-client-assertion-with-no-sub-fails":    func(b *bank) { b.refused(b.alg, object{"sub": nil}) },
		"fapi2-security-profile-final-refresh-token":                                (*bank).refreshed,
		"fapi2-security-profile-final-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds": func(b *bank) {
			uri := b.pushed(nil)
			b.begun(b.id, uri) // the first page is left as it is
			b.tokens(b.coded(b.pull(b.id, uri)))
		},
		"fapi2-security-profile-final-par-attempt-reuse-request_uri": func(b *bank) {
			uri := b.pushed(nil)
			b.coded(b.pull(b.id, uri))
			b.wantPage(b.pull(b.id, uri))
		},
		"fapi2-security-profile-final-par-attempt-to-use-expired-request_uri": func(b *bank) {
			a := b.push(nil)
			b.clock.advance(time.Duration(a.json(b.T)["expires_in"].(float64)) * time.Second)
			b.wantPage(b.pull(b.id, b.rig.pushed(a)))
		},
		"fapi2-security-profile-final-par-attempt-to-use-request_uri-for-different-client": func(b *bank) {
			b.wantPage(b.pull(b.second().id, b.pushed(nil)))
		},
		"fapi2-security-profile-final-par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted": func(b *bank) {
			soon := unix(b.clock.now().Add(8 * time.Second))
			b.rig.pushed(b.post("/par", b.by(b.request(nil), b.alg, object{"iat": soon, "nbf": soon})))
		},
		"fapi2-security-profile-final-par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails": func(b *bank) {
			late := b.clock.now().Add(62 * time.Second)
			b.refused(b.alg, object{"iat": unix(late), "nbf": unix(late), "exp": unix(late.Add(time.Minute))})
		},
		"fapi2-security-profile-final-par-authorization-request-containing-request_uri-form-param": func(b *bank) {
			b.notPushed(url.Values{"request_uri": {"urn:fdc:example.com:E2ooXxELkEFSKR90ymYV"}}, "invalid_request")
		},
		"fapi2-security-profile-final-par-attempt-invalid-http-method": func(b *bank) {
			if a := b.with(http.DefaultTransport, http.MethodPut, "/par", b.by(b.request(nil), b.alg, nil)); a.StatusCode != http.StatusMethodNotAllowed {
				b.Errorf("%d %s", a.StatusCode, a.body)
			}
		},
		"fapi2-security-profile-final-par-ensure-pkce-required": func(b *bank) {
			b.notPushed(url.Values{"code_challenge": {}, "code_challenge_method": {}}, "invalid_request")
		},
		"fapi2-security-profile-final-par-plain-pkce-rejected": func(b *bank) {
			b.notPushed(url.Values{"code_challenge": {verifier}, "code_challenge_method": {"plain"}}, "invalid_request")
		},
		"fapi2-security-profile-final-ensure-pkce-code-verifier-required": func(b *bank) {
			b.wantError(b.token(b.by(b.form(b.code(nil), url.Values{"code_verifier": {}}), b.alg, nil)), http.StatusBadRequest, "invalid_grant")
		},
		"fapi2-security-profile-final-incorrect-pkce-code-verifier-rejected": func(b *bank) {
			b.wantError(b.token(b.by(b.form(b.code(nil), url.Values{"code_verifier": {strings.Repeat("v", 43)}}), b.alg, nil)), http.StatusBadRequest, "invalid_grant")
		},
		"fapi2-security-profile-final-par-without-duplicate-parameters": func(b *bank) { b.tokens(b.code(nil)) }, // two parameters are all there is
		"fapi2-security-profile-final-par-test-array-as-audience-fails": func(b *bank) {
			b.refused(b.alg, object{"aud": []string{b.server.URL, b.server.URL + "/token"}})
			b.refused(b.alg, object{"aud": []string{b.server.URL}}) // 5.3.2.1: as a string
		},
		"fapi2-security-profile-final-par-test-par-endpoint-url-as-audience-fails":   func(b *bank) { b.refused(b.alg, object{"aud": b.server.URL + "/par"}) },
		"fapi2-security-profile-final-par-test-token-endpoint-url-as-audience-fails": func(b *bank) { b.refused(b.alg, object{"aud": b.server.URL + "/token"}) },
	} {
		t.Run(name, func(t *testing.T) { demand(newBank(t)) })
	}
}

// happy is all of a login, and what a client may do with what it got.
func (b *bank) happy() {
	b.Helper()
	got := b.tokens(b.code(url.Values{"nonce": {strings.Repeat("n", 43)}, "state": {strings.Repeat("s", 128)}}))
	access := got["access_token"].(string)
	head, _ := base64.RawURLEncoding.DecodeString(strings.Split(got["id_token"].(string), ".")[0])
	if !strings.Contains(string(head), `"ES256"`) || headerOf(b.T, got["id_token"].(string))["kid"] == nil || claims(b.T, access)["cnf"].(map[string]any)["jkt"] != b.jkt {
		b.Errorf("ID token header %s, access token %v", head, claims(b.T, access))
	}
	for _, accept := range []string{"", "application/json; charset=UTF-8", "application/json, application/*+json, */*"} {
		req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.server.URL+"/userinfo", http.NoBody)
		if err != nil {
			b.Fatal(err)
		}
		for name, value := range map[string]string{"Authorization": "DPoP " + access, "DPoP": b.proof("GET", "/userinfo", access), "Accept": accept, "X-FAPI-Customer-IP-Address": "2001:db8::1893:25c8:1946"} {
			req.Header.Set(name, value)
		}
		if a := b.do(req); a.StatusCode != http.StatusOK || a.Header.Get("Date") == "" {
			b.Errorf("accept %q: %d %s", accept, a.StatusCode, a.body)
		}
	}
	// FAPI 2.0 Security Profile 5.3.4: never in the address.
	if a := b.get("/userinfo", url.Values{"access_token": {access}}); a.StatusCode != http.StatusUnauthorized && a.StatusCode != http.StatusBadRequest {
		b.Errorf("in the query: %d", a.StatusCode)
	}
	two := b.second()
	two.tokens(two.code(url.Values{"dpop_jkt": {two.jkt}}))
}

// keepsNonce wants a nonce of this length returned as it was.
func (b *bank) keepsNonce(length int) {
	b.Helper()
	long := strings.Repeat("n", length)
	if id := claims(b.T, b.tokens(b.code(url.Values{"nonce": {long}}))["id_token"]); id["nonce"] != long {
		b.Errorf("ID token %v", id)
	}
}

// identity asks for every claim that discovery lists, in every way in which one can, and for
// others that mean nothing (OpenID Connect Core 5.5).
func (b *bank) identity() {
	b.Helper()
	ways := []any{nil, object{}, object{"essential": true}, object{"x7Hq2": "k8"}, object{"essential": false}}
	asked := object{}
	for i, name := range []string{"sub", "name", "preferred_username", "email", "email_verified", "phone_number", "phone_number_verified", "updated_at", "nickname", "birthdate"} {
		asked[name] = ways[i%len(ways)]
	}
	both := mustJSON(b.T, object{"id_token": asked, "userinfo": asked, "aB3dE5gH7j": object{"kL9mN1pQ3r": nil}})
	got := b.tokens(b.code(url.Values{"claims": {both}}))
	access := got["access_token"].(string)
	a := b.show("GET", "DPoP", access, b.proof("GET", "/userinfo", access))
	info, id := a.json(b.T), claims(b.T, got["id_token"])
	if a.StatusCode != http.StatusOK || info["sub"] != id["sub"] {
		b.Fatalf("%d %s", a.StatusCode, a.body)
	}
	for _, name := range []string{"sub", "name", "preferred_username", "email", "email_verified", "phone_number", "phone_number_verified", "updated_at"} {
		if info[name] == nil || id[name] == nil {
			b.Errorf("%s is not in both: %v, %v", name, info, id)
		}
	}
	if info["aB3dE5gH7j"] != nil || info["kL9mN1pQ3r"] != nil || id["aB3dE5gH7j"] != nil {
		b.Errorf("claims that nobody knows: %v, %v", info, id)
	}
}

// refreshed: the refresh token is not rotated (FAPI 2.0 Security Profile 5.3.2.1), good with
// another key of the client's, and worth nothing to anybody else.
func (b *bank) refreshed() {
	b.Helper()
	got := b.tokens(b.code(nil))
	first, old := got["refresh_token"].(string), claims(b.T, got["id_token"])
	for range 3 {
		b.clock.advance(time.Second)
		b.prover = b.rig.prover()
		a := b.token(b.by(refresh(first, url.Values{"scope": {"openid offline_access"}}), b.alg, nil))
		m := a.json(b.T)
		if a.StatusCode != http.StatusOK || a.Header.Get("Cache-Control") != "no-store" || m["refresh_token"] != first || m["token_type"] != "DPoP" || m["access_token"] == got["access_token"] {
			b.Fatalf("%d %s", a.StatusCode, a.body)
		}
		if id := claims(b.T, m["id_token"]); id["sub"] != old["sub"] || id["aud"] != old["aud"] || id["auth_time"] != old["auth_time"] || id["iat"] == old["iat"] {
			b.Errorf("ID token %v, was %v", id, old)
		}
		if jkt := claims(b.T, m["access_token"])["cnf"].(map[string]any)["jkt"]; jkt != b.jkt {
			b.Errorf("bound to %v", jkt)
		}
	}
	b.wantError(b.token(refresh(first, url.Values{"client_id": {b.id}})), http.StatusUnauthorized, "invalid_client")
	b.wantError(b.post("/token", b.by(refresh(first, nil), b.alg, nil)), http.StatusBadRequest, "invalid_dpop_proof")
	two := b.second()
	b.wantError(two.token(two.by(refresh(first, nil), two.alg, nil)), http.StatusBadRequest, "invalid_grant")
	b.wantError(b.token(b.by(refresh(first, nil), b.alg, nil)), http.StatusBadRequest, "invalid_grant") // the grant has ended
}

// A client that is held to the profile is not known by a secret.
func TestFAPITakesNoSecret(t *testing.T) {
	b := newBank(t)
	form := b.form(b.code(nil), url.Values{"client_id": {b.id}, "client_secret": {secret}})
	b.wantError(b.token(form), http.StatusUnauthorized, "invalid_client")
}
