package oidc_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// detailed is a bank that may ask for details (RFC 9396); extra is added to its settings.
func detailed(t *testing.T, extra map[string]any) *bank {
	t.Helper()
	return newBank(t, map[string]any{"authorization_details_types": []any{"payment", "account"}}, extra)
}

// details are what the bank asks for in addition.
const details = "[" + paying + ", " + viewing + "]"

// wantDetails wants all that was asked for in the answer, and in its access token.
func (b *bank) wantDetails(answer map[string]any) {
	b.Helper()
	for where, m := range map[string]map[string]any{"answer": answer, "access token": claims(b.T, answer["access_token"])} {
		if diff := cmp.Diff(parsed(b.T, details), m["authorization_details"]); diff != "" {
			b.Errorf("%s: %s", where, diff)
		}
	}
}

// TestConformanceVariants states what the FAPI 2.0 plans demand in the variants that
// TestConformanceFAPI and TestConformanceSigning are not of.
func TestConformanceVariants(t *testing.T) {
	t.Run("authorization_request_type=rar", func(t *testing.T) {
		b := detailed(t, nil)
		got := b.tokens(b.code(url.Values{"authorization_details": {details}}))
		b.wantDetails(got)
		a := b.token(b.by(refresh(got["refresh_token"].(string), nil), b.alg, nil))
		b.wantDetails(a.json(t))
		b.notPushed(url.Values{"authorization_details": {`[{"type":"other"}]`}}, "invalid_authorization_details")
	})
	t.Run("authorization_request_type=rar, fapi_request_method=signed_non_repudiation", func(t *testing.T) {
		b := detailed(t, map[string]any{"require_signed_request_object": true, "redirect_uris": []any{spaURI}})
		b.uri = spaURI
		got := b.goesOn(b.signs(object{"authorization_details": parsed(t, details)}), nil)
		b.wantDetails(b.tokens(got["code"].(string)))
	})
	t.Run("fapi_request_method=signed_non_repudiation, fapi_response_mode=plain_response", func(t *testing.T) {
		b := newBank(t, map[string]any{"require_signed_request_object": true})
		code := b.coded(b.pull(b.id, b.rig.pushed(b.signs(object{"response_mode": nil}))))
		b.tokens(code)
	})
	t.Run("fapi_request_method=unsigned, fapi_response_mode=jarm", func(t *testing.T) {
		b := newBank(t, map[string]any{"redirect_uris": []any{spaURI}})
		b.uri = spaURI
		got := b.goesOn(b.push(url.Values{"response_mode": {"jwt"}}), nil)
		b.tokens(got["code"].(string))
	})
	t.Run("openid=plain_oauth", func(t *testing.T) {
		b := detailed(t, nil)
		got := b.tokens(b.code(url.Values{"scope": {"profile"}, "nonce": {}, "authorization_details": {details}}))
		if b.wantDetails(got); got["id_token"] != nil {
			t.Errorf("%v", got)
		}
	})
	t.Run("fapi_profile=fapi_client_credentials_grant", func(t *testing.T) {
		b := newBank(t, map[string]any{"grant_types": []any{"client_credentials"}, "scopes": []any{"pay"}})
		form := func(alg string) url.Values {
			return b.by(url.Values{"grant_type": {"client_credentials"}, "scope": {"pay"}}, alg, nil)
		}
		got := b.token(form(b.alg)).json(t)
		if c := claims(t, got["access_token"]); got["token_type"] != "DPoP" || c["cnf"].(map[string]any)["jkt"] != b.jkt {
			t.Errorf("%v, %v", got, c)
		}
		b.wantError(b.post("/token", form(b.alg)), http.StatusBadRequest, "invalid_dpop_proof")
		b.wantError(b.token(form("RS256")), http.StatusUnauthorized, "invalid_client")
		b.wantError(b.push(nil), http.StatusBadRequest, "unauthorized_client")
	})
}
