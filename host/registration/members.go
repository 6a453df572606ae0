package registration

// kind is the form of a member's value.
type kind int

const (
	text    kind = iota
	texts        // a list of strings
	flag         // true or false
	seconds      // a whole number of seconds
	object
)

// member is one that is understood.
type member struct {
	kind kind
	// setting is what it is called in a [[clients]] table; empty: it is no setting, but
	// kept and told.
	setting string
	// page: an address that is https and nothing else. A registered client's pages and
	// documents are never on this machine.
	page bool
}

// members are all that are understood (RFC 7591 2, OpenID Connect Dynamic Client
// Registration 1.0 section 2, RFC 8705, RFC 9101, RFC 9126, RFC 9449, RFC 9701, JARM, the
// logout specifications). Every other one is ignored, as RFC 7591 2 demands. What the
// configuration has no setting for is refused rather than ignored where a client would
// rely on it.
func members() map[string]member {
	all := map[string]member{
		"client_name": {text, "name", false}, "scope": {text, "", false}, "application_type": {text, "", false},
		"redirect_uris": {texts, "redirect_uris", false}, "post_logout_redirect_uris": {texts, "post_logout_redirect_uris", false},
		"grant_types": {texts, "grant_types", false}, "response_types": {texts, "", false},
		"jwks": {object, "jwks", false}, "default_max_age": {seconds, "default_max_age", false}, "require_auth_time": {flag, "", false},
		"contacts": {texts, "", false}, "software_id": {text, "", false}, "software_version": {text, "", false}, "subject_type": {text, "subject_type", false},
	}
	for _, name := range []string{"logo_uri", "policy_uri", "tos_uri", "client_uri", "initiate_login_uri", "jwks_uri", "sector_identifier_uri", "backchannel_logout_uri", "frontchannel_logout_uri"} {
		all[name] = member{text, name, true}
	}
	all["request_uris"] = member{texts, "request_uris", true}
	for _, name := range []string{
		"token_endpoint_auth_method", "token_endpoint_auth_signing_alg", "id_token_signed_response_alg", "id_token_encrypted_response_alg",
		"id_token_encrypted_response_enc", "userinfo_signed_response_alg", "userinfo_encrypted_response_alg", "userinfo_encrypted_response_enc",
		"request_object_signing_alg", "request_object_encryption_alg", "request_object_encryption_enc", "authorization_signed_response_alg",
		"authorization_encrypted_response_alg", "authorization_encrypted_response_enc", "introspection_signed_response_alg",
		"introspection_encrypted_response_alg", "introspection_encrypted_response_enc",
		"tls_client_auth_subject_dn", "tls_client_auth_san_dns", "tls_client_auth_san_uri", "tls_client_auth_san_ip", "tls_client_auth_san_email",
	} {
		all[name] = member{text, name, false}
	}
	for _, name := range []string{
		"require_pushed_authorization_requests", "require_signed_request_object", "dpop_bound_access_tokens",
		"tls_client_certificate_bound_access_tokens", "backchannel_logout_session_required", "frontchannel_logout_session_required",
	} {
		all[name] = member{flag, name, false}
	}
	all["default_acr_values"] = member{texts, "default_acr_values", false}
	return all
}
