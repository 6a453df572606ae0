package oidc

import (
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/decrypt"
)

// requestMetadata is what discovery says of the ways in which clients prove themselves and
// send requests.
type requestMetadata struct {
	PushEndpoint          string   `json:"pushed_authorization_request_endpoint"` // RFC 9126 5
	PushRequired          bool     `json:"require_pushed_authorization_requests,omitempty"`
	RequestAlgs           []string `json:"request_object_signing_alg_values_supported"`
	RequestKeyAlgs        []string `json:"request_object_encryption_alg_values_supported,omitempty"`
	RequestContentAlgs    []string `json:"request_object_encryption_enc_values_supported,omitempty"`
	RegisteredURIsOnly    bool     `json:"require_request_uri_registration"`
	DetailsTypes          []string `json:"authorization_details_types_supported,omitempty"` // RFC 9396 10
	TokenAuthAlgs         []string `json:"token_endpoint_auth_signing_alg_values_supported,omitempty"`
	RevocationAuthAlgs    []string `json:"revocation_endpoint_auth_signing_alg_values_supported,omitempty"`
	IntrospectionAuthAlgs []string `json:"introspection_endpoint_auth_signing_alg_values_supported,omitempty"`
}

func (p *Provider) describeRequests(u usage) requestMetadata {
	auth := assertionAlgs(u)
	var content []string
	if p.Decrypt != nil {
		content = decrypt.ContentAlgs()
	}
	return requestMetadata{
		PushEndpoint:          p.Issuer + pathPush,
		RequestAlgs:           clientkey.Algs(),
		RequestKeyAlgs:        p.Decrypt.Algs(),
		RequestContentAlgs:    content,
		RegisteredURIsOnly:    true,
		DetailsTypes:          slices.Sorted(maps.Keys(u.details)),
		TokenAuthAlgs:         auth,
		RevocationAuthAlgs:    auth,
		IntrospectionAuthAlgs: auth,
	}
}

// assertionAlgs are the algorithms of the assertions that clients prove themselves with; none
// where no client does (RFC 8414 2).
func assertionAlgs(u usage) []string {
	var all []string
	if u.methods[authPrivateKey] {
		all = clientkey.Algs()
	}
	if u.methods[authSecretJWT] {
		all = append(all, clientkey.HS256)
	}
	return all
}
