package registration

import (
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/config"
)

const codeGrant = "authorization_code"

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// authMethod: RFC 7591 2, client_secret_basic is what is meant without a word.
func authMethod(policy config.Registration, _ Document, r *Registered) *Fault {
	method, _ := r.Metadata["token_endpoint_auth_method"].(string)
	if method == "" {
		method = "client_secret_basic"
	}
	if !slices.Contains(policy.AuthMethods, method) {
		return invalid("The token_endpoint_auth_method %.100s may not be registered here.", method)
	}
	r.Metadata["token_endpoint_auth_method"], r.Settings["token_endpoint_auth_method"] = method, method
	return nil
}

// grantTypes: RFC 7591 2.1, grant types and response types belong together. There is no
// response type but code.
func grantTypes(policy config.Registration, _ Document, r *Registered) *Fault {
	grants, _ := r.Metadata["grant_types"].([]string)
	if len(grants) == 0 {
		grants = []string{codeGrant}
	}
	for _, g := range grants {
		if !slices.Contains(policy.GrantTypes, g) {
			return invalid("The grant type %.100s may not be registered here.", g)
		}
	}
	responses, given := r.Metadata["response_types"].([]string)
	if !given && slices.Contains(grants, codeGrant) {
		responses = []string{"code"}
	}
	if slices.ContainsFunc(responses, func(s string) bool { return s != "code" }) {
		return invalid("The only response type is code.")
	}
	if slices.Contains(grants, codeGrant) != (len(responses) > 0) {
		return invalid("The response type code and the grant type authorization_code need each other.")
	}
	r.Metadata["grant_types"], r.Settings["grant_types"] = grants, anyOf(grants)
	r.Metadata["response_types"] = append([]string{}, responses...)
	return nil
}
