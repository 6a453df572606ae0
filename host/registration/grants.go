package registration

import (
	"maps"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/config"
)

// The grant types that response types belong to.
const (
	codeGrant     = "authorization_code"
	implicitGrant = "implicit"
)

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

// grantTypes: RFC 7591 2.1, grant types and response types belong together.
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
		responses = []string{config.ResponseCode}
	}
	beside, f := besideCode(policy, responses)
	switch code := len(responses) > len(beside); {
	case f != nil:
		return f
	case slices.Contains(grants, codeGrant) != code:
		return invalid("The response type code and the grant type authorization_code need each other.")
	case slices.Contains(grants, implicitGrant) != (len(beside) > 0):
		return invalid("The response types id_token and id_token token and the grant type implicit need each other.")
	case len(beside) > 0:
		// Only here: without a word the setting follows from the grant types.
		r.Settings["response_types"] = anyOf(responses)
	}
	r.Metadata["grant_types"], r.Settings["grant_types"] = grants, anyOf(grants)
	r.Metadata["response_types"] = append([]string{}, responses...)
	return nil
}

// besideCode are the response types that give tokens themselves, where the policy has them.
func besideCode(policy config.Registration, responses []string) (beside []string, _ *Fault) {
	for _, s := range responses {
		switch one := config.ResponseType(s); {
		case one == config.ResponseCode:
		case slices.Contains(policy.ResponseTypes, one):
			beside = append(beside, one)
		case len(policy.ResponseTypes) == 0:
			return nil, invalid("The only response type is code.")
		default:
			return nil, invalid("The response types are code, %s.", strings.Join(policy.ResponseTypes, ", "))
		}
	}
	return beside, nil
}
