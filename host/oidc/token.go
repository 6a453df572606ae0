package oidc

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/acrhost/acrhost/host/token"
	"github.com/acrhost/acrhost/sdk/dpop"
)

// tokens is the answer of the token endpoint (RFC 6749 5.1, OpenID Connect Core
// 3.1.3.3).
type tokens struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int64  `json:"expires_in"` // seconds
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	Scope        string `json:"scope,omitempty"`             // RFC 6749 3.3: no scope is not an empty one
	IssuedType   string `json:"issued_token_type,omitempty"` // RFC 8693 2.2.1

	AuthorizationDetails json.RawMessage `json:"authorization_details,omitempty"` // RFC 9396 7
}

// redemption is a request for tokens, by a client that has proven itself.
type redemption struct {
	params
	client *client
	proof  *dpop.Proof // checked, but for its being the first; nil: none was sent
	x5t    string      // of the certificate that the client showed, where its tokens are bound to it
	spent  bool        // what the client holds is used up, whatever comes of it
}

// holder is what the tokens of this request are bound to.
func (r *redemption) holder() token.Holder {
	var h token.Holder
	if r.proof != nil {
		h.JKT = r.proof.Thumbprint
	}
	h.X5T = r.x5t
	return h
}

// redeem turns what a client holds into tokens.
type redeem func(ctx context.Context, r *redemption) (tokens, error)

// grantTypes are all that there are here.
func grantTypes() []string {
	return []string{grantCode, grantRefresh, grantClient, grantDevice, grantExchange}
}

// grantType finds what redeems a grant type.
func (p *Provider) grantType(name string) (redeem, bool) {
	switch name {
	case grantCode:
		return p.redeemCode, true
	case grantRefresh:
		return p.redeemRefresh, true
	case grantClient:
		return p.redeemClient, true
	case grantDevice:
		return p.redeemDevice, true
	case grantExchange:
		return p.redeemToken, true
	}
	return nil, false
}

// token is the token endpoint. The client proves itself before anything that it
// sent is looked up: a stranger can't use up a code, nor ask whether it exists.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) error {
	q, err := formParams(w, r)
	if err != nil {
		return err
	}
	if name, ok := q.anyRepeated("grant_type", "code", "redirect_uri", "client_id", "client_secret", "code_verifier", "refresh_token", "scope", "device_code", "authorization_details",
		"subject_token", "subject_token_type", "requested_token_type", "actor_token", "actor_token_type"); ok {
		return invalidRequest("The parameter " + name + " was sent more than once.")
	}
	c, err := p.authenticate(r, q)
	if err != nil {
		return err
	}
	itsOrigin(w, r, c)
	proof, err := p.proofOf(w, r, pathToken, "")
	if err != nil {
		return err
	}
	if err := checkProofAlg(c, proof); err != nil {
		return err
	}
	if proof == nil && c.DPoPBoundAccessTokens {
		return invalidProof("This client's tokens are bound to a key: the request needs a DPoP proof.") // RFC 9449 5.2
	}
	x5t, err := boundTo(r, c)
	if err != nil {
		return err
	}
	asked := &redemption{params: q, client: c, proof: proof, x5t: x5t}
	answer, err := p.redeem(r.Context(), asked)
	if err != nil && asked.spent {
		return final(err)
	}
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, answer)
}

func (p *Provider) redeem(ctx context.Context, r *redemption) (tokens, error) {
	name := r.get("grant_type")
	if name == "" {
		return tokens{}, invalidRequest("The parameter grant_type is missing.")
	}
	redeem, ok := p.grantType(name)
	if !ok {
		return tokens{}, unsupportedGrantType()
	}
	if !r.client.mayUse(name) {
		return tokens{}, unauthorizedClient()
	}
	return redeem(ctx, r)
}
