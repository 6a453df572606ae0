package oidc

import (
	"errors"
	"slices"

	"github.com/acrhost/acrhost/host/acr"
)

// requirement is what must be true of the acr for a client, where demand is what an
// essential acr claim names, and values what was asked for in any way. acr_values are a
// wish; they are a demand for a client whose acr_policy is strict (RFC 9470 5).
func (p *Provider) requirement(c *client, essential bool, demand, values []string) acr.Requirement {
	need := acr.Requirement{
		Requested: demand,
		Essential: essential,
		Strict:    c.ACRPolicy == strictACR,
		Allowed:   c.AllowedACR,
	}
	if need.Strict {
		need.Requested = values
	}
	if c.Minimum != "" {
		need.AtLeast = acr.AtLeast(p.ACROrder, c.Minimum)
	}
	return need
}

// checkReach answers at once where no way through the journey can end with an acr that
// meets what is demanded: to ask the user first would be in vain (OpenID Connect Core
// 5.5.1.1). It is only certain where all that the journey's steps can set is known. With
// prompt=none nobody is asked, and what the client learns first is whether there is a login.
func (p *Provider) checkReach(a *authorization) *Error {
	if slices.Contains(a.prompt, promptNone) {
		return nil
	}
	name := p.journeyFor(a.client, a.acr.Values)
	reach, known := p.Reach[name]
	if !known {
		return nil
	}
	need := p.requirement(a.client, a.acr.Essential, a.acr.Demand, a.acr.Values)
	if acr.Decide(need, nil) != acr.Unmet {
		return nil // no acr at all will do
	}
	candidates := reach.Values
	if len(reach.Patterns) > 0 {
		// Beside the values that are known it may set others; those that are demanded by
		// name can be held against the patterns.
		named := need.Requested
		if len(named) == 0 {
			named = need.AtLeast
		}
		if len(named) == 0 {
			return nil
		}
		candidates = slices.DeleteFunc(slices.Clone(named), func(v string) bool { return !reach.Covers(v) })
	}
	if slices.ContainsFunc(candidates, func(v string) bool { return acr.Decide(need, &v) != acr.Unmet }) {
		return nil
	}
	return unmetAuthentication().because(errors.New("no way through the journey " + name + " sets an acr that meets what is demanded"))
}
