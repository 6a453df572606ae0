package oidc

import (
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/config"
)

// The response types that there are: code, and those that config's insecure_response_types
// switches on.
const (
	responseTypeCode    = config.ResponseCode
	responseTypeIDToken = config.ResponseIDToken
	responseTypeTokens  = config.ResponseTokens
)

// holdsTokens says whether an answer to a response type would hold a token, here or anywhere:
// its client looks for faults, too, where tokens come (OpenID Connect Core 3.2.2.6).
func holdsTokens(responseType string) bool {
	if responseType == responseTypeCode {
		return false
	}
	for word := range strings.SplitSeq(responseType, " ") {
		if word == "token" || word == "id_token" {
			return true
		}
	}
	return false
}

// tokensAsked is the response type of a request for tokens; empty: it is for a code.
func (a *authorization) tokensAsked() string {
	if a.responseType == responseTypeCode {
		return ""
	}
	return a.responseType
}

// checkResponseType: what is off nobody has; clients should use code (RFC 9700 2.1.2).
func (p *Provider) checkResponseType(a *authorization) *Error {
	switch {
	case a.responseType == "":
		return invalidRequest("The parameter response_type is missing.")
	case !p.hasResponseType(a.responseType):
		return unsupportedResponseType()
	}
	return nil
}

func (p *Provider) hasResponseType(name string) bool {
	switch name {
	case responseTypeCode:
		return true
	case responseTypeIDToken, responseTypeTokens:
		// FAPI 2.0 Security Profile 5.3.2.2: code alone.
		return p.Profile != config.FAPI2 && slices.Contains(p.InsecureResponseTypes, name)
	}
	return false
}

// checkGrantType: a client is registered for its response types, and the grant types that
// belong to them (RFC 7591 2.1).
func checkGrantType(a *authorization) *Error {
	if !a.client.mayAskFor(a.responseType) {
		return unauthorizedClient().saying("The client may not use this response type.")
	}
	return nil
}

// mayAskFor: no client of FAPI 2.0 gets tokens but from the token endpoint, and none whose
// access tokens must be bound to a key gets one where nobody shows a key.
func (c *client) mayAskFor(responseType string) bool {
	if responseType == responseTypeCode {
		return c.mayUse(grantCode) && slices.Contains(c.ResponseTypes, responseType)
	}
	bound := c.DPoPBoundAccessTokens || c.CertificateBoundAccessTokens
	return c.mayUse(grantImplicit) && slices.Contains(c.ResponseTypes, responseType) && !c.fapi() && (!bound || responseType == responseTypeIDToken)
}

// responseTypesTold are those that some client may ask for, and code, which all may that do
// not say otherwise.
func (p *Provider) responseTypesTold(u usage) []string {
	return slices.DeleteFunc([]string{responseTypeCode, responseTypeIDToken, responseTypeTokens}, func(name string) bool {
		return name != responseTypeCode && (!u.responses[name] || !p.hasResponseType(name))
	})
}

// modesTold are the modes of all of them.
func (p *Provider) modesTold(u usage) []string {
	modes := modesOf(responseTypeCode)
	for _, name := range p.responseTypesTold(u) {
		for _, mode := range modesOf(name) {
			if !slices.Contains(modes, mode) {
				modes = append(modes, mode)
			}
		}
	}
	return modes
}

// grantTypesTold are what the token endpoint has for some client, and implicit (OpenID Connect
// Discovery 1.0, 3), where there are response types of it.
func (p *Provider) grantTypesTold(u usage) []string {
	told := among(grantTypes(), u.grants)
	if len(p.responseTypesTold(u)) > 1 {
		told = append(told, grantImplicit)
	}
	return told
}
