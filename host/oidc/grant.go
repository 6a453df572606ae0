package oidc

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/store"
)

// details is what a grant keeps beside its columns.
type details struct {
	Trail []journey.ACRSet `json:"trail,omitzero"`
	// Claims are those that granted steps added.
	Claims map[string]any `json:"claims,omitzero"`
	// Wanted are the claims that were asked for one by one.
	Wanted wanted `json:"wanted,omitzero"`
	// SessionID is that of the session in which the user signed in; empty without. Clients
	// see their own of it: see sessionFor.
	SessionID string `json:"session,omitzero"`
	// Resources are those that were asked for (RFC 8707); none: whichever the client may.
	Resources []string `json:"resources,omitzero"`
	// AuthorizationDetails is a JSON list, as it was asked for (RFC 9396).
	AuthorizationDetails json.RawMessage `json:"authorization_details,omitzero"`
}

// codeData is what a code is bound to, beside its grant.
type codeData struct {
	RedirectURI string `json:"redirect_uri"`
	Challenge   string `json:"challenge,omitzero"`
	Nonce       string `json:"nonce,omitzero"`
	JKT         string `json:"jkt,omitzero"` // the client said which key it would prove to hold
}

// grant freezes what the journey came to (RFC 9068 2.2.1) and gives a code for it, or what
// else was asked for.
func (p *Provider) grant(ctx context.Context, c *client, request pending, f login.Finished) (url.Values, error) {
	g, err := p.newGrant(c, request, f)
	if err != nil {
		return nil, err
	}
	if err := p.Grants.PutGrant(ctx, g); err != nil {
		return nil, fmt.Errorf("store grant: %w", err)
	}
	if err := p.join(ctx, c, f); err != nil {
		return nil, err
	}
	if request.Tokens != "" {
		return p.tokensNow(ctx, c, request, g)
	}
	code, err := p.newCode(ctx, request, g)
	if err != nil {
		return nil, err
	}
	return url.Values{"code": {code}}, nil
}

func (p *Provider) newCode(ctx context.Context, request pending, g store.Grant) (code string, err error) {
	data, err := json.Marshal(codeData{RedirectURI: request.To.URI, Challenge: request.Challenge, Nonce: request.Nonce, JKT: request.JKT})
	if err != nil {
		return "", fmt.Errorf("store code: %w", err)
	}
	code = p.newSecret()
	_, err = p.Artifacts.Put(ctx, store.Record{
		Kind: store.Code, ID: store.Key(code), Group: g.ID, Data: data,
		ExpiresAt: g.CreatedAt.Add(p.Tokens.Code),
	})
	if err != nil {
		return "", fmt.Errorf("store code: %w", err)
	}
	return code, nil
}

func (p *Provider) newGrant(c *client, request pending, f login.Finished) (store.Grant, error) {
	run := f.Run
	more, err := json.Marshal(details{
		Trail: run.Trail, Claims: run.Claims, Wanted: request.Wanted, SessionID: f.SessionID,
		Resources: request.Resources, AuthorizationDetails: request.Details,
	})
	if err != nil {
		return store.Grant{}, fmt.Errorf("make grant: %w", err)
	}
	now := p.Now()
	g := store.Grant{
		ID:        "g_" + p.newID(),
		ClientID:  c.ID,
		UserID:    run.Subject.ID,
		SessionID: f.SessionID,
		Scope:     run.Request.Scope,
		ACR:       run.ACR,
		AMR:       f.AMR,
		AuthTime:  f.AuthTime,
		RestsOn:   run.RestsOn(),
		Journey:   run.Journey,
		Run:       run.ID,
		Details:   more,
		CreatedAt: now,
		ExpiresAt: now.Add(p.grantLife(c, request)),
	}
	if n := len(run.Trail); n > 0 && run.ACR != nil {
		g.ACRDigest = run.Trail[n-1].Digest
	}
	return g, nil
}

// grantLife is how long anything may come from a grant. Refreshing does not
// lengthen it: after that time the user signs in again.
func (p *Provider) grantLife(c *client, request pending) time.Duration {
	life := p.lifetimes(c)
	if c.mayUse(grantRefresh) && request.Tokens == "" {
		return life.Code + life.Refresh
	}
	return life.Code + life.Access
}

// inForce says whether a grant still counts.
func (p *Provider) inForce(g store.Grant) bool {
	return g.RevokedAt.IsZero() && p.Now().Before(g.ExpiresAt)
}

// Trail is every set of the acr in the run behind a grant, in order. The access
// token's claim grant_id names the grant.
func (p *Provider) Trail(ctx context.Context, grantID string) ([]journey.ACRSet, error) {
	g, err := p.Grants.Grant(ctx, grantID)
	if err != nil {
		return nil, fmt.Errorf("find grant: %w", err)
	}
	return TrailOf(g)
}

// TrailOf is every set of the acr in the run behind a grant, in order.
func TrailOf(g store.Grant) ([]journey.ACRSet, error) {
	more, err := readDetails(g)
	return more.Trail, err
}

func readDetails(g store.Grant) (details, error) {
	var d details
	if len(g.Details) == 0 {
		return d, nil
	}
	if err := store.Decode(g.Details, &d); err != nil {
		return d, fmt.Errorf("read grant %s: %w", g.ID, err)
	}
	return d, nil
}
