package oidc

import (
	"context"
	"slices"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
)

// grantConsented settles what the user allowed, and grants it.
func (p *Provider) grantConsented(ctx context.Context, c *client, request pending, f login.Finished) (code string, err error) {
	if err := p.settleConsent(ctx, c, f.Run); err != nil {
		return "", err
	}
	return p.grant(ctx, c, request, f)
}

// settleConsent remembers what the user allowed in a run that has succeeded, and leaves
// offline_access out of what is granted where nobody allowed it.
func (p *Provider) settleConsent(ctx context.Context, c *client, run *journey.Run) error {
	if run.Consented {
		return p.Consents.Give(ctx, run.Subject.ID, c.ID, run.Request.Scope)
	}
	if !slices.Contains(run.Request.Scope, scopeOffline) {
		return nil
	}
	allowed, err := p.mayStayOffline(ctx, c, run)
	if err == nil && !allowed {
		run.Request.Scope = slices.DeleteFunc(slices.Clone(run.Request.Scope), func(s string) bool { return s == scopeOffline })
	}
	return err
}

// mayStayOffline: OpenID Connect Core 11, offline_access takes the user's consent unless
// other conditions are in place. They are where the operator says so: of its own clients,
// and of clients that it runs through a journey in which nobody is asked. A client that
// registered itself is no acquaintance of the operator's.
func (p *Provider) mayStayOffline(ctx context.Context, c *client, run *journey.Run) (bool, error) {
	if !c.registered && !p.AsksConsent(run.Journey) {
		return true, nil
	}
	return p.Consents.Given(ctx, run.Subject.ID, c.ID, []string{scopeOffline})
}
