package oidc

import (
	"strings"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/config"
)

// tellInForce puts into the answer to a registration what the client is held to, whatever
// it asked for: the answer is all metadata that is registered, with what the provider has
// replaced or set (RFC 7591 3.2.1). A client which the configuration does not allow any
// more is held to nothing.
func (p *Provider) tellInForce(answer map[string]any, settings config.Client) {
	if settings.ID == "" {
		return
	}
	c := newClient(settings)
	answer["token_endpoint_auth_method"] = c.TokenEndpointAuthMethod
	answer["grant_types"] = c.GrantTypes
	answer["scope"] = strings.Join(c.Scopes, " ")
	answer["id_token_signed_response_alg"] = c.IDTokenSignedResponseAlg
	for name, on := range map[string]bool{
		"require_pushed_authorization_requests":      c.RequirePushedAuthorizationRequests,
		"require_signed_request_object":              c.RequireSignedRequestObject,
		"dpop_bound_access_tokens":                   c.DPoPBoundAccessTokens,
		"tls_client_certificate_bound_access_tokens": c.CertificateBoundAccessTokens,
	} {
		if _, told := answer[name]; told || on {
			answer[name] = on
		}
	}
	for name, value := range map[string]string{
		"authorization_signed_response_alg": c.AuthorizationSignedResponseAlg,
		"userinfo_signed_response_alg":      c.UserinfoSignedResponseAlg,
		"introspection_signed_response_alg": c.IntrospectionSignedResponseAlg,
		"subject_type":                      c.SubjectType,
	} {
		if _, told := answer[name]; value != "" && (told || c.fapi() || name == "subject_type") {
			answer[name] = value
		}
	}
	for what, how := range map[string]clientkey.Encryption{
		"id_token": c.IDTokenEncryption, "userinfo": c.UserinfoEncryption, "authorization": c.AuthorizationEncryption, "introspection": c.IntrospectionEncryption,
	} {
		if how.Alg != "" {
			answer[what+"_encrypted_response_alg"], answer[what+"_encrypted_response_enc"] = how.Alg, how.Enc
		}
	}
	if len(c.DefaultACRValues) > 0 {
		answer["default_acr_values"] = c.DefaultACRValues
	}
	if c.DefaultMaxAge > 0 {
		answer["default_max_age"] = int64(c.DefaultMaxAge.Seconds())
	}
}
