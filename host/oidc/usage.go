package oidc

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/relying"
)

// usage is what clients can do here, those that there are and those that may register:
// discovery tells of no more. Each is a set.
type usage struct {
	journeys, grants, responses, scopes, methods, details map[string]bool
}

// usage looks at all clients.
func (p *Provider) usage(ctx context.Context) (usage, error) {
	u := usage{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, c := range p.clients {
		u.add(p, c)
	}
	if p.Stored == nil {
		return u, nil
	}
	err := p.Stored.Each(ctx, func(c relying.Client, unusable error) error {
		if unusable == nil {
			u.add(p, newClient(c.Config))
		}
		return nil
	})
	if err != nil || !p.Registration.On {
		return u, err
	}
	return u, u.addRegistrable(p)
}

func (u usage) add(p *Provider, c *client) {
	u.addRoutes(p, c)
	addTo(u.grants, c.GrantTypes)
	addTo(u.responses, c.ResponseTypes)
	addTo(u.scopes, c.Scopes)
	addTo(u.methods, c.authMethods())
}

func (u usage) addRoutes(p *Provider, c *client) {
	addTo(u.journeys, []string{cmp.Or(c.Journey, p.Journey)})
	addTo(u.journeys, slices.Collect(maps.Values(p.byACR(c))))
	addTo(u.details, c.AuthorizationDetailsTypes)
}

// addRegistrable adds what clients may register as.
func (u usage) addRegistrable(p *Provider) error {
	c, err := p.Stored.Registrable()
	if _, unusable := errors.AsType[config.Faults](err); unusable {
		return nil // nobody can register
	}
	if err != nil {
		return err
	}
	u.addRoutes(p, newClient(c))
	addTo(u.grants, p.Registration.GrantTypes)
	addTo(u.responses, p.Registration.ResponseTypes)
	addTo(u.scopes, p.Registration.Scopes)
	addTo(u.methods, p.Registration.AuthMethods)
	return nil
}

func addTo(all map[string]bool, names []string) {
	for _, name := range names {
		all[name] = true
	}
}

// among are those of a list that are in a set, in the list's order.
func among(list []string, used map[string]bool) []string {
	return slices.DeleteFunc(slices.Clone(list), func(name string) bool { return !used[name] })
}
