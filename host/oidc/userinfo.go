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

func (p *Provider) userinfoGet(w http.ResponseWriter, r *http.Request) error {
	return p.userinfo(w, r, params{})
}

// userinfoPost takes the token in the body too (RFC 6750 2.2). A token in the URL
// is not taken: it would end up in logs.
func (p *Provider) userinfoPost(w http.ResponseWriter, r *http.Request) error {
	// With a token in the header, a body that is no form is of no interest.
	kind := r.Header.Get("Content-Type")
	if kind == "" || r.Header.Get("Authorization") != "" && !strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
		return p.userinfo(w, r, params{})
	}
	q, err := formParams(w, r)
	if err != nil {
		return err
	}
	return p.userinfo(w, r, q)
}

// userinfo is OpenID Connect Core 5.3.
func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request, q params) error {
	shown, err := presented(r, q)
	if err != nil {
		return err
	}
	access, grant, err := p.present(w, r, shown, pathUserinfo)
	if fault, ok := errors.AsType[*Error](err); ok {
		return fault.at(shown.scheme)
	}
	if err != nil {
		return err
	}
	if !slices.Contains(access.Scope, scopeOpenID) {
		return insufficientScope().at(shown.scheme)
	}
	// The grant's user, and not the token's sub: a client's own token names the client.
	user, err := p.Users.User(r.Context(), grant.UserID)
	if errors.Is(err, store.ErrNotFound) || err == nil && user.Disabled {
		return invalidToken().becausef("user %q is gone or disabled", grant.UserID).at(shown.scheme)
	}
	if err != nil {
		return fmt.Errorf("find user: %w", err)
	}
	c, err := p.client(r.Context(), access.ClientID)
	if noClient(err) {
		return invalidToken().becausef("client %q: %w", access.ClientID, err).at(shown.scheme)
	}
	if err != nil {
		return err
	}
	claims, err := tokenClaims(c, access, grant, user)
	if err != nil {
		return err
	}
	return p.writeUserinfo(w, r, c, claims)
}

// tokenClaims are what a token gives of its user.
func tokenClaims(c *client, access token.Access, grant store.Grant, user store.User) (map[string]any, error) {
	more, err := readDetails(grant)
	if err != nil {
		return nil, err
	}
	if access.ClientID != grant.ClientID {
		// Exchanged: what one client asked for by name, and what steps added for it, is not
		// the other's. That gets what the token's scope says (RFC 8693 1.1).
		more = details{}
	}
	wanted := c.permitted(more.Wanted.UserInfo)
	claims := userClaims(user, access.Scope, wanted, more.Claims)
	claims["sub"] = access.Subject // OpenID Connect Core 5.3.2: the ID token's, as this client sees the user
	addLogin(claims, grant, wanted)
	return claims, nil
}

// writeUserinfo answers as the client is registered: JSON, or a JWT that is signed,
// encrypted or both (OpenID Connect Core 5.3.2).
func (p *Provider) writeUserinfo(w http.ResponseWriter, r *http.Request, c *client, claims map[string]any) error {
	if c.UserinfoSignedResponseAlg == "" && c.UserinfoEncryption.Alg == "" {
		return writeJSON(w, http.StatusOK, claims)
	}
	text, err := p.userinfoJWT(r.Context(), c, claims)
	if err != nil {
		return err
	}
	writeJWT(w, "application/jwt", text)
	return nil
}

func (p *Provider) userinfoJWT(ctx context.Context, c *client, claims map[string]any) (string, error) {
	if c.UserinfoSignedResponseAlg == "" {
		text, err := json.Marshal(claims)
		if err != nil {
			return "", fmt.Errorf("write claims: %w", err)
		}
		return c.keys.Encrypt(ctx, c.UserinfoEncryption, "", text)
	}
	claims["iss"], claims["aud"] = p.Issuer, c.ID
	signed, err := p.Keys.MintUserinfo(c.UserinfoSignedResponseAlg, claims)
	if err != nil {
		return "", err
	}
	return c.encrypted(ctx, c.UserinfoEncryption, signed)
}

// addLogin adds what the grant says of the login, where userinfo was asked for it.
func addLogin(claims map[string]any, g store.Grant, wanted []string) {
	for _, name := range wanted {
		switch {
		case name == "acr" && g.ACR != nil:
			claims[name] = *g.ACR
		case name == "amr" && len(g.AMR) > 0:
			claims[name] = g.AMR
		case name == "auth_time" && !g.AuthTime.IsZero():
			claims[name] = g.AuthTime.Unix()
		}
	}
}

// checkAccess checks an access token, that its grant is in force and that its client is one: a
// JWT can't be taken back, these can.
//
// The audience is anybody: for whom the token is, is the question of whom it is shown to.
func (p *Provider) checkAccess(ctx context.Context, raw string) (token.Access, store.Grant, error) {
	access, err := p.Keys.VerifyAccess(raw, p.Issuer, token.AnyAudience)
	if err != nil {
		return access, store.Grant{}, invalidToken().because(err)
	}
	grant, err := p.Grants.Grant(ctx, access.GrantID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !p.inForce(grant) {
		return access, grant, invalidToken().becausef("grant %q has ended", access.GrantID)
	}
	if err != nil {
		return access, grant, fmt.Errorf("find grant: %w", err)
	}
	revoked, err := p.wasRevoked(ctx, access.ID)
	if err == nil && revoked {
		err = invalidToken().becausef("the token was revoked")
	}
	if err != nil {
		return access, grant, err
	}
	// Who takes a client out of the configuration ends no grants: those who check tokens here
	// hear of it all the same.
	if _, err = p.client(ctx, access.ClientID); noClient(err) {
		err = invalidToken().becausef("client %q: %w", access.ClientID, err)
	}
	return access, grant, err
}
