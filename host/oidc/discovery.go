package oidc

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"github.com/acrhost/acrhost/host/token"
	"github.com/acrhost/acrhost/sdk/dpop"
)

// metadata is OpenID Connect Discovery 1.0 section 3, with RFC 8414 and RFC 9207.
type metadata struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	UserinfoEndpoint      string   `json:"userinfo_endpoint"`
	JWKSURI               string   `json:"jwks_uri"`
	EndSessionEndpoint    string   `json:"end_session_endpoint"`
	RevocationEndpoint    string   `json:"revocation_endpoint"`
	RevocationMethods     []string `json:"revocation_endpoint_auth_methods_supported"`
	IntrospectionEndpoint string   `json:"introspection_endpoint"`
	IntrospectionMethods  []string `json:"introspection_endpoint_auth_methods_supported"`
	Scopes                []string `json:"scopes_supported"`
	ResponseTypes         []string `json:"response_types_supported"`
	ResponseModes         []string `json:"response_modes_supported"`
	GrantTypes            []string `json:"grant_types_supported"`
	ACRValues             []string `json:"acr_values_supported,omitempty"`
	SubjectTypes          []string `json:"subject_types_supported"`
	IDTokenAlgs           []string `json:"id_token_signing_alg_values_supported"`
	TokenAuthMethods      []string `json:"token_endpoint_auth_methods_supported"`
	Claims                []string `json:"claims_supported"`
	ChallengeMethods      []string `json:"code_challenge_methods_supported"`
	Prompts               []string `json:"prompt_values_supported"`
	ClaimsParameter       bool     `json:"claims_parameter_supported"`
	RequestParameter      bool     `json:"request_parameter_supported"`
	RequestURIParameter   bool     `json:"request_uri_parameter_supported"`
	IssuerInEveryAnswer   bool     `json:"authorization_response_iss_parameter_supported"`
	requestMetadata

	responseMetadata

	CertificateBound bool              `json:"tls_client_certificate_bound_access_tokens,omitempty"` // RFC 8705 3.3
	Aliases          map[string]string `json:"mtls_endpoint_aliases,omitempty"`                      // RFC 8705 5

	DeviceEndpoint string `json:"device_authorization_endpoint"` // RFC 8628 4

	DPoPAlgs []string `json:"dpop_signing_alg_values_supported"` // RFC 9449 5.1
}

// describe computes the discovery document from what the provider does.
func (p *Provider) describe() []byte {
	text, err := json.Marshal(metadata{
		Issuer:                p.Issuer,
		AuthorizationEndpoint: p.Issuer + pathAuthorize,
		TokenEndpoint:         p.Issuer + pathToken,
		UserinfoEndpoint:      p.Issuer + pathUserinfo,
		JWKSURI:               p.Issuer + pathJWKS,
		EndSessionEndpoint:    p.Issuer + pathLogout,
		RevocationEndpoint:    p.Issuer + pathRevoke,
		RevocationMethods:     p.authMethods(),
		IntrospectionEndpoint: p.Issuer + pathIntrospect,
		IntrospectionMethods:  slices.DeleteFunc(p.authMethods(), func(m string) bool { return m == authNone }),
		Scopes:                supportedScopes(),
		ResponseTypes:         []string{responseTypeCode},
		ResponseModes:         supportedModes(),
		GrantTypes:            []string{grantCode, grantRefresh, grantClient, grantDevice, grantExchange},
		ACRValues:             p.acrSupported(),
		SubjectTypes:          subjectTypes(),
		IDTokenAlgs:           token.Algs(),
		TokenAuthMethods:      p.authMethods(),
		Claims:                supportedClaims(),
		ChallengeMethods:      []string{challengeS256},
		Prompts:               p.prompts(),
		ClaimsParameter:       true,
		RequestParameter:      true,
		RequestURIParameter:   true,
		IssuerInEveryAnswer:   true,
		requestMetadata:       p.describeRequests(),

		responseMetadata: p.describeResponses(),

		CertificateBound: p.MTLS.On(),
		Aliases:          p.aliases(),

		DeviceEndpoint: p.Issuer + pathDeviceAuthorization,

		DPoPAlgs: dpop.Algs(),
	})
	if err != nil {
		// Strings, lists of strings and booleans: there is nothing that can fail.
		panic(err)
	}
	return text
}

// prompts are the values of prompt that mean something here: consent where a journey
// of some client can ask for it.
func (p *Provider) prompts() []string {
	if slices.ContainsFunc(p.journeys(), p.AsksConsent) {
		return supportedPrompts()
	}
	return slices.DeleteFunc(supportedPrompts(), func(v string) bool { return v == promptConsent })
}

// acrSupported are the values that a client's login can end with. What only journeys
// reach that no client runs can't be had here.
func (p *Provider) acrSupported() []string {
	var all []string
	for _, name := range p.journeys() {
		all = append(all, p.Reach[name].Values...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// journeys are those that some client's requests can begin, sorted: see journeyFor.
func (p *Provider) journeys() []string {
	var all []string
	for _, c := range p.clients {
		all = append(all, cmp.Or(c.Journey, p.Journey))
		all = slices.AppendSeq(all, maps.Values(p.byACR(c)))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (p *Provider) serveDiscovery(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", metadataAge)
	writeJSONText(w, http.StatusOK, p.discovery)
}
