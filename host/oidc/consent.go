package oidc

import (
	"context"
	"net/url"
	"slices"

	"github.com/acrhost/acrhost/host/consent"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
)

// grantConsented settles what the user allowed, and grants it.
func (p *Provider) grantConsented(ctx context.Context, c *client, request pending, f login.Finished) (url.Values, error) {
	if err := p.settleConsent(ctx, c, &request, f.Run); err != nil {
		return nil, err
	}
	return p.grant(ctx, c, request, f)
}

// unasked says what the user should have been asked and was not, where the journey took a
// way past every step that asks: prompt=consent (OpenID Connect Core 3.1.2.1), and
// authorization details, which users are to approve (RFC 9396 7 has tokens carry what was
// approved). A client of the operator's own needs nobody's word for details.
func (p *Provider) unasked(ctx context.Context, c *client, run *journey.Run) *Error {
	if run.Consented {
		return nil
	}
	if slices.Contains(run.Request.Prompt, promptConsent) {
		return consentRequired().becausef("the journey took a way past every step that asks")
	}
	if len(run.Request.AuthorizationDetails) == 0 || !p.AsksConsent(run.Journey) {
		return nil
	}
	given, err := p.Consents.Given(ctx, run.Subject.ID, c.ID, consent.Asked{Details: true})
	switch {
	case err != nil:
		return serverError(err)
	case !given:
		return consentRequired().becausef("nobody was asked about the authorization details")
	}
	return nil
}

// settleConsent remembers what the user allowed in a run that has succeeded, and leaves out
// of what is granted what nobody allowed: claims that were asked for by name, and
// offline_access.
func (p *Provider) settleConsent(ctx context.Context, c *client, request *pending, run *journey.Run) error {
	asked := consent.Asked{Scope: run.Request.Scope, Claims: run.Request.Claims}
	if run.Consented {
		return p.Consents.Give(ctx, run.Subject.ID, c.ID, asked)
	}
	if err := p.settleClaims(ctx, c, request, run); err != nil {
		return err
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

// settleClaims: OpenID Connect Core 3.1.2.4, nothing is released that was not decided about.
// Whether users are asked is the journey's to say; where they are, a claim by name that
// nobody allowed, now or before, is left out (5.5.1 lets it be).
func (p *Provider) settleClaims(ctx context.Context, c *client, request *pending, run *journey.Run) error {
	if len(run.Request.Claims) == 0 || !p.AsksConsent(run.Journey) {
		return nil
	}
	given, err := p.Consents.Given(ctx, run.Subject.ID, c.ID, consent.Asked{Claims: run.Request.Claims})
	if err == nil && !given {
		request.Wanted = request.Wanted.without(run.Request.Claims)
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
	return p.Consents.Given(ctx, run.Subject.ID, c.ID, consent.Asked{Scope: []string{scopeOffline}})
}
