package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/token"
)

// introspection is what a token says, for whoever can't read it by themselves (RFC
// 7662 2.2). acr, amr and auth_time are those of RFC 9470 6.2: the grant's, as in
// every token that comes from it. The zero value is a token that is worth nothing:
// no more is said of it (RFC 7662 2.2), nor why.
type introspection struct {
	Active    bool           `json:"active"`
	Scope     string         `json:"scope,omitempty"`
	ClientID  string         `json:"client_id,omitempty"`
	Username  string         `json:"username,omitempty"`
	TokenType string         `json:"token_type,omitempty"`
	ExpiresAt int64          `json:"exp,omitempty"`
	IssuedAt  int64          `json:"iat,omitempty"`
	Subject   string         `json:"sub,omitempty"`
	Audience  token.Audience `json:"aud,omitempty"`
	Issuer    string         `json:"iss,omitempty"`
	ID        string         `json:"jti,omitempty"`
	AuthTime  int64          `json:"auth_time,omitempty"`
	ACR       *string        `json:"acr,omitempty"`
	AMR       []string       `json:"amr,omitempty"`
	// Holder: RFC 9449 6.2, RFC 8705 3.2.
	Holder token.Holder `json:"cnf,omitzero"`
	Actor  *token.Actor `json:"act,omitempty"` // RFC 8693 4.1

	AuthorizationDetails json.RawMessage `json:"authorization_details,omitempty"` // RFC 9396 9.2
}

// introspect is the introspection endpoint (RFC 7662 2.1); introspectjwt.go has its signed
// answers. Only a client that can prove itself may ask: tokens can't be tried out here.
func (p *Provider) introspect(w http.ResponseWriter, r *http.Request) error {
	q, err := formParams(w, r)
	if err != nil {
		return err
	}
	if name, ok := q.anyRepeated("token", "token_type_hint", "client_id", "client_secret"); ok {
		return invalidRequest("The parameter " + name + " was sent more than once.")
	}
	asJWT := asksForJWT(r)
	c, err := p.introspecting(r, q)
	if err != nil && asJWT {
		return unproven(r, q, err)
	}
	if err != nil {
		return err
	}
	raw := q.get("token")
	if raw == "" {
		return invalidRequest("The parameter token is missing.")
	}
	answer, err := p.inspect(r.Context(), c, raw)
	if err != nil {
		return err
	}
	if !asJWT {
		return writeJSON(w, http.StatusOK, answer)
	}
	text, err := p.introspectionJWT(r.Context(), c, answer)
	if err != nil {
		return err
	}
	writeJWT(w, mediaIntrospection, text)
	return nil
}

// introspecting is the client that asks, proven.
func (p *Provider) introspecting(r *http.Request, q params) (*client, error) {
	c, err := p.authenticate(r, q)
	if err == nil && c.public() {
		return nil, invalidClient().becausef("client %q is public and may not introspect", c.ID)
	}
	return c, err
}

// inspect looks at a token as the kind that it looks like: the hint could only be
// wrong.
func (p *Provider) inspect(ctx context.Context, c *client, raw string) (introspection, error) {
	answer, g, err := p.inspectAny(ctx, c, raw)
	if err != nil || !answer.Active || !c.mayInspect(answer) {
		return introspection{}, err
	}
	answer.Issuer = p.Issuer
	if g.UserID == "" {
		answer.Subject = g.ClientID
		return answer, nil
	}
	user, err := p.Users.User(ctx, g.UserID)
	if errors.Is(err, store.ErrNotFound) || err == nil && user.Disabled {
		return introspection{}, nil
	}
	if err != nil {
		return introspection{}, fmt.Errorf("find user: %w", err)
	}
	if slices.Contains(strings.Fields(answer.Scope), scopeProfile) {
		answer.Username = user.Name // else two of different sectors would know by it who is the same
	}
	answer.ACR, answer.AMR = g.ACR, g.AMR
	if !g.AuthTime.IsZero() {
		answer.AuthTime = g.AuthTime.Unix()
	}
	return answer, nil
}

// mayInspect: RFC 7662 4, whom the state of a token concerns. That is the client that it was
// issued to, and a resource server of its audience, by the operator's word: a client that
// registered itself is none. To all others the token is not active, as 2.2 wants it.
func (c *client) mayInspect(t introspection) bool {
	if t.ClientID == c.ID {
		return true
	}
	return !c.registered && slices.ContainsFunc(c.Introspects, func(audience string) bool {
		return audience == "*" || t.Audience.Has(audience)
	})
}

func (p *Provider) inspectAny(ctx context.Context, c *client, raw string) (introspection, store.Grant, error) {
	if strings.Count(raw, ".") == 2 {
		return p.inspectAccess(ctx, raw)
	}
	return p.inspectRefresh(ctx, c, raw)
}

func (p *Provider) inspectAccess(ctx context.Context, raw string) (introspection, store.Grant, error) {
	access, g, err := p.checkAccess(ctx, raw)
	if fault, ok := errors.AsType[*Error](err); ok && fault.Code == invalidToken().Code {
		return introspection{}, g, nil
	}
	if err != nil {
		return introspection{}, g, err
	}
	return introspection{
		Active: true, Scope: strings.Join(access.Scope, " "), ClientID: access.ClientID, TokenType: typeOf(access.Holder), Holder: access.Holder, Actor: access.Actor, Audience: access.Audience, ID: access.ID, Subject: access.Subject,
		AuthorizationDetails: access.AuthorizationDetails,
		ExpiresAt:            access.ExpiresAt.Unix(), IssuedAt: access.IssuedAt.Unix(),
	}, g, nil
}

// inspectRefresh: a refresh token is a matter between the provider and its client.
func (p *Provider) inspectRefresh(ctx context.Context, c *client, raw string) (introspection, store.Grant, error) {
	r, err := p.Artifacts.Get(ctx, store.Refresh, store.Key(raw))
	if errors.Is(err, store.ErrNotFound) {
		return introspection{}, store.Grant{}, nil
	}
	if err != nil {
		return introspection{}, store.Grant{}, fmt.Errorf("find refresh token: %w", err)
	}
	g, err := p.Grants.Grant(ctx, r.Group)
	if errors.Is(err, store.ErrNotFound) || err == nil && (!p.inForce(g) || g.ClientID != c.ID) {
		return introspection{}, g, nil
	}
	if err != nil {
		return introspection{}, g, fmt.Errorf("find grant: %w", err)
	}
	return introspection{
		Active: true, ClientID: g.ClientID, Subject: p.subjectFor(c, g.UserID), Scope: strings.Join(g.Scope, " "), ExpiresAt: g.ExpiresAt.Unix(), IssuedAt: g.CreatedAt.Unix(),
	}, g, nil
}
