package oidc

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/token"
)

// maxResources is how many resources one request may name.
const maxResources = 16

// checkResource: RFC 8707 2.1, the resource servers that tokens will be asked for. All of
// them must be the client's: none is left out in silence, or a token could be for others
// than it seems.
func (p *Provider) checkResource(a *authorization) *Error {
	var fault *Error
	a.resources, fault = p.targets(a.client, a.values["resource"])
	return fault
}

// targets are the resources that are named, each once. The provider itself is always one:
// its userinfo endpoint takes tokens.
func (p *Provider) targets(c *client, named []string) ([]string, *Error) {
	var targets []string
	for _, name := range named {
		switch {
		case name == "" || slices.Contains(targets, name):
			continue // RFC 6749 3.1: as if it had not been sent
		case name != p.Issuer && !slices.Contains(c.Resources, name):
			return nil, invalidTarget().because(fmt.Errorf("client %q asked for %.200q", c.ID, name))
		case len(targets) == maxResources:
			return nil, invalidTarget().because(fmt.Errorf("client %q asked for more than %d", c.ID, maxResources))
		}
		targets = append(targets, name)
	}
	return targets, nil
}

// given is what a token gives beside its scope.
type given struct {
	audience token.Audience
	details  json.RawMessage
	granted  details // all that the grant keeps
}

// given is what a request for tokens gets of its grant: what it names, or all.
func (p *Provider) given(r *redemption, g store.Grant) (given, error) {
	granted, err := readDetails(g)
	if err != nil {
		return given{}, err
	}
	audience, err := p.audienceOf(r, granted.Resources)
	if err != nil {
		return given{}, err
	}
	allowed, err := allowedDetails(r.client, granted.AuthorizationDetails)
	if err != nil {
		return given{}, err
	}
	details, err := narrowDetails(allowed, r.get("authorization_details"))
	return given{audience: audience, details: details, granted: granted}, err
}

// stillAllowed are the granted resources that the client may name now: it may have lost some,
// and a token for none of them is not one for the provider.
func (p *Provider) stillAllowed(c *client, granted []string) (token.Audience, error) {
	allowed := both(granted, append(slices.Clone(c.Resources), p.Issuer))
	if len(allowed) == 0 {
		return nil, invalidTarget().because(fmt.Errorf("client %q has none of the granted resources any more", c.ID))
	}
	return allowed, nil
}

// both are the names of a list that are in another one, too.
func both(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !slices.Contains(others, name) })
}

// audienceOf: RFC 8707 2.2. A token is for the resources that the client names now, of
// those that were granted; without any, for all that were. Where the authorization request
// named none, the client may name what it is allowed; without any, the token is for the
// provider (RFC 9068 3).
func (p *Provider) audienceOf(r *redemption, granted []string) (token.Audience, error) {
	named, fault := p.targets(r.client, r.values["resource"])
	if fault != nil {
		return nil, fault
	}
	if len(named) == 0 && len(granted) == 0 {
		return token.Audience{p.Issuer}, nil
	}
	if len(named) == 0 {
		return p.stillAllowed(r.client, granted)
	}
	for _, name := range named {
		if len(granted) > 0 && name != p.Issuer && !slices.Contains(granted, name) {
			return nil, invalidTarget().because(fmt.Errorf("client %q asked for %.200q, which was not granted", r.client.ID, name))
		}
	}
	return named, nil
}
