package oidc_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// signing is a bank that signs what it asks for, and has its answers signed (FAPI 2.0 Message
// Signing 5.3 and 5.4).
func signing(t *testing.T) *bank {
	t.Helper()
	b := newBank(t, map[string]any{"require_signed_request_object": true, "redirect_uris": []any{spaURI}})
	b.uri = spaURI // without a query of its own: beside the response stands nothing
	return b
}

// object are the claims of a request object; extra as in object.with.
func (b *bank) object(extra object) object {
	b.Helper()
	o := b.ask(b.id)
	delete(o, "jti")
	return o.with(object{"redirect_uri": b.uri, "response_mode": "jwt"}).with(extra)
}

// pushObject pushes a request object.
func (b *bank) pushObject(raw string) reply {
	b.Helper()
	return b.post("/par", b.by(url.Values{"request": {raw}}, b.alg, nil))
}

// signs pushes what was signed by a key of the client's, as the suite does: with the type in
// any case.
func (b *bank) signs(extra object) reply {
	b.Helper()
	return b.pushObject(by(b.T, b.alg, b.object(extra), object{"typ": "OautH-auThZ-REQ+jWt"}))
}

func (b *bank) objectRefused(a reply) {
	b.Helper()
	b.wantError(a, http.StatusBadRequest, "invalid_request_object")
}

// signedAnswer is what the client got, in a response that is signed and nothing beside it.
func (b *bank) signedAnswer(a reply) map[string]any {
	b.Helper()
	got := b.response(a, "ES256")
	exp := time.Unix(int64(got["exp"].(float64)), 0).Sub(b.clock.now())
	if got["iss"] != b.server.URL || got["aud"] != b.id || exp < 10*time.Second || exp > 10*time.Minute {
		b.Errorf("response %v", got)
	}
	return got
}

// goesOn ends the login of a push, and gives the answer.
func (b *bank) goesOn(a reply, beside url.Values) map[string]any {
	b.Helper()
	q := url.Values{"client_id": {b.id}, "request_uri": {b.rig.pushed(a)}}
	maps.Copy(q, beside)
	got := b.signedAnswer(b.get("/authorize", q))
	if code, _ := got["code"].(string); len(code) < 22 {
		b.Fatalf("response %v", got)
	}
	return got
}

// TestConformanceSigning states what those modules of the FAPI 2.0 Message Signing (Final)
// plan demand that are about signed requests, or differ with them, by their names.
func TestConformanceSigning(t *testing.T) {
	for name, demand := range map[string]func(*bank){
		"fapi2-security-profile-final-happy-flow": func(b *bank) {
			got := b.goesOn(b.signs(nil), nil)
			if id := claims(b.T, b.tokens(got["code"].(string))["id_token"]); got["state"] != "the state" || id["nonce"] != "the nonce" {
				b.Errorf("response %v, ID token %v", got, id)
			}
		},
		"fapi2-security-profile-final-ensure-request-object-with-multiple-aud-succeeds": func(b *bank) {
			b.goesOn(b.signs(object{"aud": []string{b.server.URL, "https://other1.example.com", "invalid"}}), nil)
		},
		"fapi2-security-profile-final-ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted": func(b *bank) {
			b.goesOn(b.signs(object{"nbf": unix(b.clock.now().Add(8 * time.Second))}), nil)
		},
		"fapi2-security-profile-final-ensure-request-object-without-exp-fails": func(b *bank) { b.objectRefused(b.signs(object{"exp": nil})) },
		"fapi2-security-profile-final-ensure-request-object-without-nbf-fails": func(b *bank) { b.objectRefused(b.signs(object{"nbf": nil})) },
		"fapi2-security-profile-final-ensure-expired-request-object-fails": func(b *bank) {
			b.objectRefused(b.signs(object{"exp": unix(b.clock.now().Add(-5 * time.Minute))}))
		},
		"fapi2-security-profile-final-ensure-request-object-with-bad-aud-fails": func(b *bank) { b.objectRefused(b.signs(object{"aud": "https://invalid.example"})) },
		"fapi2-security-profile-final-ensure-request-object-with-exp-over-60-fails": func(b *bank) {
			b.objectRefused(b.signs(object{"exp": unix(b.clock.now().Add(70 * time.Minute))}))
		},
		"fapi2-security-profile-final-ensure-request-object-with-nbf-over-60-fails": func(b *bank) {
			b.objectRefused(b.signs(object{"nbf": unix(b.clock.now().Add(-70 * time.Minute))}))
		},
		"fapi2-security-profile-final-ensure-signed-request-object-with-RS256-fails": func(b *bank) {
			b.objectRefused(b.pushObject(by(b.T, "RS256", b.object(nil), nil)))
			b.goesOn(b.pushObject(by(b.T, "PS256", b.object(nil), nil)), nil)
		},
		"fapi2-security-profile-final-ensure-request-object-signature-algorithm-is-not-none": func(b *bank) {
			b.objectRefused(b.pushObject(unsigned(b.object(nil), "none")))
		},
		"fapi2-security-profile-final-ensure-request-object-with-invalid-signature-fails": func(b *bank) {
			raw := by(b.T, b.alg, b.object(nil), nil)
			dot := strings.LastIndex(raw, ".") + 1
			b.objectRefused(b.pushObject(raw[:dot] + strings.Map(flipped, raw[dot:dot+8]) + raw[dot+8:]))
		},
		"fapi2-security-profile-final-ensure-matching-key-in-authorization-request": func(b *bank) {
			b.objectRefused(b.pushObject(by(b.T, b.second().alg, b.object(nil), nil)))
		},
		"fapi2-security-profile-final-ensure-unsigned-request-at-par-endpoint-fails": func(b *bank) { b.notPushed(nil, "invalid_request") },
		"fapi2-security-profile-final-par-authorization-request-containing-request_uri": func(b *bank) {
			b.objectRefused(b.signs(object{"request_uri": "urn:example:bwc4JK-ESC0w8acc191e"}))
		},
		"fapi2-security-profile-final-ensure-request-object-without-redirect-uri-fails": func(b *bank) {
			b.wantError(b.signs(object{"redirect_uri": nil}), http.StatusBadRequest, "invalid_request")
		},
		"fapi2-security-profile-final-ensure-different-nonce-inside-and-outside-request-object": func(b *bank) {
			got := b.goesOn(b.signs(nil), url.Values{"nonce": {"outside"}})
			if id := claims(b.T, b.tokens(got["code"].(string))["id_token"]); id["nonce"] != "the nonce" {
				b.Errorf("ID token %v", id)
			}
		},
		"fapi2-security-profile-final-ensure-different-state-inside-and-outside-request-object": func(b *bank) {
			if got := b.goesOn(b.signs(nil), url.Values{"state": {"outside"}}); got["state"] != "the state" {
				b.Errorf("response %v", got)
			}
		},
		"fapi2-security-profile-final-state-only-outside-request-object-not-used": func(b *bank) {
			got := b.goesOn(b.signs(object{"state": nil}), url.Values{"state": {"outside"}})
			if id := claims(b.T, b.tokens(got["code"].(string))["id_token"]); got["state"] != nil || id["s_hash"] != nil {
				b.Errorf("response %v, ID token %v", got, id)
			}
		},
		"fapi2-security-profile-final-ensure-unsigned-authorization-request-without-using-par-fails": func(b *bank) {
			got := b.signedAnswer(b.get("/authorize", b.request(url.Values{"response_mode": {"jwt"}})))
			if got["error"] != "invalid_request" || got["state"] != "the state" {
				b.Errorf("response %v", got)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { demand(signing(t)) })
	}
}

// flipped makes another letter of each.
func flipped(c rune) rune {
	if c == 'A' {
		return 'B'
	}
	return 'A'
}
