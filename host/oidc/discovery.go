package oidc

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

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
	RevocationMethods     []string `json:"revocation_endpoint_auth_methods_supported,omitempty"`
	IntrospectionEndpoint string   `json:"introspection_endpoint"`
	IntrospectionMethods  []string `json:"introspection_endpoint_auth_methods_supported,omitempty"`
	Scopes                []string `json:"scopes_supported"`
	ResponseTypes         []string `json:"response_types_supported"`
	ResponseModes         []string `json:"response_modes_supported"`
	GrantTypes            []string `json:"grant_types_supported"`
	ACRValues             []string `json:"acr_values_supported,omitempty"`
	SubjectTypes          []string `json:"subject_types_supported"`
	IDTokenAlgs           []string `json:"id_token_signing_alg_values_supported"`
	TokenAuthMethods      []string `json:"token_endpoint_auth_methods_supported,omitempty"`
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

	DeviceEndpoint string `json:"device_authorization_endpoint,omitempty"` // RFC 8628 4

	RegistrationEndpoint string `json:"registration_endpoint,omitempty"`

	DPoPAlgs []string `json:"dpop_signing_alg_values_supported"` // RFC 9449 5.1
}

// document is the discovery document, computed at most once in so long: what clients there
// are changes while the host runs, in its other processes too.
type document struct {
	mu   sync.Mutex
	text []byte
	made time.Time
}

const documentFresh = time.Minute

// describe gives the discovery document. When it can't be computed, the last one is given.
func (p *Provider) describe(ctx context.Context) ([]byte, error) {
	d := &p.discovery
	d.mu.Lock()
	defer d.mu.Unlock()
	now := p.Now()
	if age := now.Sub(d.made); d.text != nil && age >= 0 && age < documentFresh {
		return d.text, nil
	}
	u, err := p.usage(ctx)
	switch {
	case err != nil && d.text == nil:
		return nil, fmt.Errorf("look at what clients can do: %w", err)
	case err != nil:
		p.Log.ErrorContext(ctx, "discovery stays as it was", "error", err)
	default:
		d.text = p.compute(u)
	}
	d.made = now
	return d.text, nil
}

// compute makes the document from what the provider does and what its clients can do.
func (p *Provider) compute(u usage) []byte {
	methods := among(p.authMethods(), u.methods)
	all := metadata{
		Issuer:                p.Issuer,
		AuthorizationEndpoint: p.Issuer + pathAuthorize,
		TokenEndpoint:         p.Issuer + pathToken,
		UserinfoEndpoint:      p.Issuer + pathUserinfo,
		JWKSURI:               p.Issuer + pathJWKS,
		EndSessionEndpoint:    p.Issuer + pathLogout,
		RevocationEndpoint:    p.Issuer + pathRevoke,
		RevocationMethods:     methods,
		IntrospectionEndpoint: p.Issuer + pathIntrospect,
		IntrospectionMethods:  slices.DeleteFunc(slices.Clone(methods), func(m string) bool { return m == authNone }),
		Scopes:                u.scopesTold(),
		ResponseTypes:         p.responseTypesTold(u),
		ResponseModes:         p.modesTold(u),
		GrantTypes:            p.grantTypesTold(u),
		ACRValues:             p.acrSupported(u),
		SubjectTypes:          subjectTypes(),
		IDTokenAlgs:           token.Algs(),
		TokenAuthMethods:      methods,
		Claims:                u.claimsTold(),
		ChallengeMethods:      []string{challengeS256},
		Prompts:               p.prompts(u),
		ClaimsParameter:       true,
		RequestParameter:      true,
		RequestURIParameter:   true,
		IssuerInEveryAnswer:   true,
		requestMetadata:       p.describeRequests(u),

		responseMetadata: p.describeResponses(),

		CertificateBound: p.MTLS.On(),
		Aliases:          p.aliases(u),

		DeviceEndpoint: p.deviceEndpoint(u),

		RegistrationEndpoint: p.registrationEndpoint(),

		DPoPAlgs: dpop.Algs(),
	}
	p.describeFAPI(&all)
	text, err := json.Marshal(all)
	if err != nil {
		// Strings, lists of strings and booleans: there is nothing that can fail.
		panic(err)
	}
	return text
}

// scopesTold are the provider's own scopes that some client may ask for; what the operator's
// mean is between operator and clients (RFC 8414 2: not all need to be told).
func (u usage) scopesTold() []string {
	return slices.DeleteFunc(supportedScopes(), func(scope string) bool { return scope != scopeOpenID && !u.scopes[scope] })
}

// claimsTold are the claims that some client may have.
func (u usage) claimsTold() []string {
	return slices.DeleteFunc(supportedClaims(), func(name string) bool {
		scope := ScopeOf(name)
		return scope != "" && !u.scopes[scope]
	})
}

func (p *Provider) deviceEndpoint(u usage) string {
	if !u.grants[grantDevice] {
		return ""
	}
	return p.Issuer + pathDeviceAuthorization
}

func (p *Provider) registrationEndpoint() string {
	if !p.Registration.On {
		return ""
	}
	return p.Issuer + pathRegister
}

// prompts are the values of prompt that mean something here: consent where a journey
// of some client can ask for it.
func (p *Provider) prompts(u usage) []string {
	for name := range u.journeys {
		if p.AsksConsent(name) {
			return supportedPrompts()
		}
	}
	return slices.DeleteFunc(supportedPrompts(), func(v string) bool { return v == promptConsent })
}

// acrSupported are the values that a client's login can end with. What only journeys
// reach that no client runs can't be had here.
func (p *Provider) acrSupported(u usage) []string {
	var all []string
	for name := range u.journeys {
		all = append(all, p.Reach[name].Values...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (p *Provider) serveDiscovery(w http.ResponseWriter, r *http.Request) {
	text, err := p.describe(r.Context())
	if err != nil {
		p.apiFault(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", metadataAge)
	writeJSONText(w, http.StatusOK, text)
}
