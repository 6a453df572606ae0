package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// What modules of the OpenID Foundation's conformance suite demand of authorization
// requests, of what clients sign and of how they are answered, by their names.
func TestConformanceRequest(t *testing.T) {
	for name, demand := range map[string]func(*testing.T, *rig){
		"oidcc-request-uri-signed-rs256": func(t *testing.T, r *rig) {
			uri := r.published.at("/request", by(t, "RS256", r.ask("ro"), nil))
			r.wantCode(r.pull("ro", uri))
		},
		"oidcc-ensure-request-object-with-redirect-uri": func(t *testing.T, r *rig) {
			r.wantCode(r.bySigned("ro", by(t, "RS256", r.ask("ro"), nil), url.Values{"redirect_uri": {"https://invalid.example"}}))
		},
		"fapi2-security-profile-final-par-attempt-reuse-request_uri": func(t *testing.T, r *rig) {
			uri := r.pushed(r.push(nil))
			r.wantCode(r.pull("web", uri))
			r.wantPage(r.pull("web", uri))
		},
		"fapi2-security-profile-final-par-attempt-to-use-expired-request_uri": func(t *testing.T, r *rig) {
			uri := r.pushed(r.push(nil))
			r.clock.advance(2 * time.Minute)
			r.wantPage(r.pull("web", uri))
		},
		"fapi2-security-profile-final-par-attempt-to-use-request_uri-for-different-client": func(t *testing.T, r *rig) {
			r.wantPage(r.pull("must", r.pushed(r.push(nil))))
		},
		"fapi2-security-profile-final-par-authorization-request-containing-request_uri-form-param": func(t *testing.T, r *rig) {
			r.wantError(r.push(url.Values{"request_uri": {"urn:ietf:params:oauth:request_uri:x"}}), http.StatusBadRequest, "invalid_request")
		},
		"fapi2-security-profile-final-ensure-authorization-request-without-using-par-fails": func(t *testing.T, r *rig) {
			r.wantSent(r.get("/authorize", good("must", url.Values{"redirect_uri": {webURI}})), "invalid_request")
		},
		"fapi2-security-profile-final-par-test-array-as-audience-for-client-assertion": func(t *testing.T, r *rig) {
			r.wantProven(r.asks(by(t, "PS256", r.assertion("key").with(object{"aud": []string{r.server.URL}}), nil), nil))
		},
		"fapi2-security-profile-final-ensure-client-assertion-with-no-sub-fails": func(t *testing.T, r *rig) {
			r.wantRefused(r.asks(by(t, "PS256", r.assertion("key").with(object{"sub": nil}), nil), nil))
		},
		"fapi2-security-profile-final-ensure-client-assertion-with-wrong-aud-fails": func(t *testing.T, r *rig) {
			r.wantRefused(r.asks(by(t, "PS256", r.assertion("key").with(object{"aud": "https://invalid.example"}), nil), nil))
		},
		"fapi2-security-profile-final-ensure-client-assertion-with-exp-is-5-minutes-in-past-fails": func(t *testing.T, r *rig) {
			r.wantRefused(r.asks(by(t, "PS256", r.assertion("key").with(object{"exp": unix(r.clock.now().Add(-5 * time.Minute))}), nil), nil))
		},
		"fapi2-security-profile-final-ensure-client-id-in-token-endpoint": func(t *testing.T, r *rig) {
			code := r.code("key", url.Values{"redirect_uri": {webURI}})
			form := url.Values{
				"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {webURI}, "code_verifier": {verifier},
				"client_assertion_type": {assertionType}, "client_assertion": {by(t, "other", r.assertion("key-2"), nil)},
			}
			r.wantError(r.post("/token", form), http.StatusBadRequest, "invalid_grant")
		},
		"fapi2-message-signing-final-ensure-unsigned-request-at-par-endpoint-fails": func(t *testing.T, r *rig) {
			r.wantError(r.post("/par", good("ro-must", url.Values{"redirect_uri": {webURI}}), basic("ro-must", secret)), http.StatusBadRequest, "invalid_request")
		},
		"fapi2-message-signing-final-ensure-request-object-signature-algorithm-is-not-none": func(t *testing.T, r *rig) {
			r.wantObjectRefused(unsigned(r.ask("ro-must"), "none"))
		},
		"fapi2-message-signing-final-ensure-request-object-with-invalid-signature-fails": func(t *testing.T, r *rig) {
			raw := by(t, "ES256", r.ask("ro-must"), nil)
			dot := strings.LastIndex(raw, ".") + 1
			r.wantObjectRefused(raw[:dot] + strings.Map(flipped, raw[dot:dot+8]) + raw[dot+8:])
		},
		"fapi2-message-signing-final-ensure-request-object-without-exp-fails": func(t *testing.T, r *rig) {
			r.wantObjectRefused(by(t, "ES256", r.ask("ro-must").with(object{"exp": nil}), nil))
		},
		"fapi2-message-signing-final-ensure-request-object-without-nbf-fails": func(t *testing.T, r *rig) {
			r.wantObjectRefused(by(t, "ES256", r.ask("ro-must").with(object{"nbf": nil}), nil))
		},
		"fapi2-message-signing-final-ensure-request-object-with-exp-over-60-fails": func(t *testing.T, r *rig) {
			r.wantObjectRefused(by(t, "ES256", r.ask("ro-must").with(object{"exp": unix(r.clock.now().Add(70 * time.Minute))}), nil))
		},
		"fapi2-message-signing-final-ensure-request-object-with-nbf-over-60-fails": func(t *testing.T, r *rig) {
			r.wantObjectRefused(by(t, "ES256", r.ask("ro-must").with(object{"nbf": unix(r.clock.now().Add(-70 * time.Minute))}), nil))
		},
		"fapi2-message-signing-final-ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted": func(t *testing.T, r *rig) {
			ask := r.ask("ro-must").with(object{"nbf": unix(r.clock.now().Add(8 * time.Second))})
			r.pushed(r.post("/par", url.Values{"request": {by(t, "ES256", ask, nil)}}, basic("ro-must", secret)))
		},
		"fapi2-message-signing-final-ensure-expired-request-object-fails": func(t *testing.T, r *rig) {
			r.wantObjectRefused(by(t, "ES256", r.ask("ro-must").with(object{"exp": unix(r.clock.now().Add(-5 * time.Minute))}), nil))
		},
		"fapi2-message-signing-final-ensure-request-object-with-bad-aud-fails": func(t *testing.T, r *rig) {
			r.wantObjectRefused(by(t, "ES256", r.ask("ro-must").with(object{"aud": "https://invalid.example"}), nil))
		},
		"fapi2-message-signing-final-ensure-request-object-with-long-nonce": func(t *testing.T, r *rig) {
			long := strings.Repeat("n", 384)
			ask := r.ask("ro-must").with(object{"nonce": long, "state": long})
			uri := r.pushed(r.post("/par", url.Values{"request": {by(t, "ES256", ask, nil)}}, basic("ro-must", secret)))
			if got := r.pull("ro-must", uri).sent(t); got.Get("state") != long {
				t.Errorf("state %q", got.Get("state"))
			}
		},
		"fapi2-message-signing-final-state-only-outside-request-object-not-used": func(t *testing.T, r *rig) {
			raw := by(t, "ES256", r.ask("ro").with(object{"state": nil}), nil)
			if got := r.bySigned("ro", raw, url.Values{"state": {"outside"}}).sent(t); got.Has("state") || !got.Has("code") {
				t.Errorf("answer %v", got)
			}
		},
		"fapi2-message-signing-final-ensure-different-state-inside-and-outside-request-object": func(t *testing.T, r *rig) {
			raw := by(t, "ES256", r.ask("ro"), nil)
			if got := r.bySigned("ro", raw, url.Values{"state": {"outside"}}).sent(t); got.Get("state") != "the state" {
				t.Errorf("answer %v", got)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { demand(t, newRequestRig(t)) })
	}
}

func (r *rig) wantCode(a reply) {
	r.Helper()
	if got := a.sent(r.T); got.Get("code") == "" {
		r.Errorf("no code: %v", got)
	}
}

// wantObjectRefused pushes a request object of the client that must sign.
func (r *rig) wantObjectRefused(raw string) {
	r.Helper()
	r.wantError(r.post("/par", url.Values{"request": {raw}}, basic("ro-must", secret)), http.StatusBadRequest, "invalid_request_object")
}

// flipped makes another letter of each.
func flipped(c rune) rune {
	if c == 'A' {
		return 'B'
	}
	return 'A'
}
