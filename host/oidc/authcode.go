package oidc

import (
	"context"
	"errors"
	"fmt"

	"github.com/acrhost/acrhost/host/store"
)

// redeemCode is RFC 6749 4.1.3. A code gets one try: it is used up before it is
// compared with the request, and a try that fails ends the grant. A client that is
// in order never fails here; somebody who stole the code (and shows it as another
// client, or without the verifier) does not get to try again, nor does anyone
// after them. What it costs: who has stolen a code can spoil that login, which is
// what one wants a stolen code to do.
func (p *Provider) redeemCode(ctx context.Context, r *redemption) (tokens, error) {
	code := r.get("code")
	switch {
	case code == "":
		return tokens{}, invalidRequest("The parameter code is missing.")
	case !r.has("redirect_uri"):
		return tokens{}, invalidRequest("The parameter redirect_uri is missing.")
	}
	v, err := p.find(ctx, r.client, store.Code, code)
	if err != nil {
		return tokens{}, err
	}
	given, err := p.given(r, v.grant)
	if err != nil {
		return tokens{}, err
	}
	if err := p.takeProof(ctx, r.proof); err != nil {
		return tokens{}, err
	}
	if err := p.spend(ctx, r, v); err != nil {
		return tokens{}, err
	}
	var bound codeData
	if err := store.Decode(v.Data, &bound); err != nil {
		return tokens{}, fmt.Errorf("read code: %w", err)
	}
	if cause := bound.refuses(r, v.grant); cause != nil {
		return tokens{}, p.misused(ctx, v.grant.ID, cause)
	}
	if fault := p.mayHaveGrant(ctx, v.grant.UserID); fault != nil {
		return tokens{}, refuseGrant(fault)
	}
	return p.issue(ctx, r, v.grant, v.grant.Scope, given, bound.Nonce)
}

// refuses says what of the request is not as it was when the code was made.
func (b codeData) refuses(r *redemption, g store.Grant) error {
	c := r.client
	switch {
	case g.ClientID != c.ID:
		return fmt.Errorf("client %q tried a code of client %q", c.ID, g.ClientID)
	case b.RedirectURI != r.get("redirect_uri"):
		return errors.New("redirect_uri is not that of the authorization request")
	case b.Challenge == "" && c.needsPKCE():
		// The client was configured otherwise when the code was made.
		return errors.New("a code without PKCE")
	case !verifies(b.Challenge, r.get("code_verifier")):
		return errors.New("wrong code_verifier")
	case b.JKT != "" && b.JKT != r.holder().JKT:
		return errors.New("not the key of dpop_jkt") // RFC 9449 10
	}
	return nil
}
