package oidc

import (
	"context"
	"crypto/subtle"
	"fmt"
	"net/http"
	"strings"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/token"
	"github.com/acrhost/acrhost/sdk/dpop"
)

// shown is an access token as a request shows it.
type shown struct{ scheme, raw string }

// present checks the access token that a request shows at one of the provider's paths, and
// that who shows it may: a token that is bound to a key is worth nothing without it.
func (p *Provider) present(w http.ResponseWriter, r *http.Request, s shown, path string) (token.Access, store.Grant, error) {
	access, grant, err := p.checkAccess(r.Context(), s.raw)
	if err == nil && !access.Audience.Has(p.Issuer) {
		err = invalidToken().becausef("the token is for %q", access.Audience)
	}
	if err != nil {
		return access, grant, err
	}
	return access, grant, p.checkHolder(w, r, s, path, access)
}

// checkHolder is RFC 9449 7.1 and 7.2. A bound token that comes as a bearer token is
// refused, or binding would be up to the thief; so is an unbound one that comes as DPoP.
func (p *Provider) checkHolder(w http.ResponseWriter, r *http.Request, s shown, path string, access token.Access) error {
	h := access.Holder
	if s.scheme != typeOf(h) {
		return invalidToken().saying("The access token is of the type "+typeOf(h)+", and came as another.").becausef("a %s token came as %s", typeOf(h), s.scheme)
	}
	if h.X5T != "" && subtle.ConstantTimeCompare([]byte(thumbprintOf(r)), []byte(h.X5T)) != 1 {
		return invalidToken().becausef("not the certificate that the token is bound to")
	}
	if h.JKT == "" {
		return nil
	}
	proof, err := p.proofOf(w, r, path, s.raw)
	switch {
	case err != nil:
		return err
	case proof == nil:
		return invalidProof("A token that is bound to a key needs a DPoP proof.")
	case subtle.ConstantTimeCompare([]byte(proof.Thumbprint), []byte(h.JKT)) != 1:
		return invalidToken().becausef("the proof is by another key than the token's")
	}
	if err := p.allowsAlg(r.Context(), access.ClientID, proof); err != nil {
		return err
	}
	return p.takeProof(r.Context(), proof)
}

// allowsAlg: a key may sign in more ways than its client's profile allows.
func (p *Provider) allowsAlg(ctx context.Context, clientID string, proof *dpop.Proof) error {
	c, err := p.client(ctx, clientID)
	if noClient(err) {
		return invalidToken().becausef("client %q: %w", clientID, err)
	}
	if err != nil {
		return fmt.Errorf("find client %q: %w", clientID, err)
	}
	return checkProofAlg(c, proof)
}

// presented finds the access token, in the header or in the form. RFC 6750 2: not more
// than one way in a request.
func presented(r *http.Request, q params) (shown, error) {
	headers, form := r.Header.Values("Authorization"), q.get("access_token")
	switch {
	case len(headers) > 1 || q.repeated("access_token") || len(headers) == 1 && form != "":
		return shown{}, invalidRequest("The access token was sent more than once.").challenging(schemeBearer)
	case form != "":
		return shown{schemeBearer, form}, nil
	case len(headers) == 0:
		return shown{}, noToken()
	}
	name, raw, _ := strings.Cut(headers[0], " ")
	for _, scheme := range []string{schemeBearer, schemeDPoP} {
		if strings.EqualFold(name, scheme) {
			return shown{scheme, strings.TrimSpace(raw)}, nil
		}
	}
	return shown{}, noToken()
}
