package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/token"
	"github.com/acrhost/acrhost/sdk/dpop"
)

// The headers of RFC 9449 4.1 and 8.
const (
	headerProof = "DPoP"
	headerNonce = "DPoP-Nonce"
)

// proofOf checks the DPoP proof of a request to one of the provider's paths, all of it but
// whether it comes for the first time: see takeProof. Nil: there is none.
func (p *Provider) proofOf(w http.ResponseWriter, r *http.Request, path, access string) (*dpop.Proof, error) {
	sent := r.Header.Values(headerProof)
	switch {
	case len(sent) == 0:
		return nil, nil
	case len(sent) > 1: // RFC 9449 4.3, check 1
		return nil, invalidProof("There is more than one DPoP header.")
	}
	// The URL is the issuer's, not the one that a Host header or a proxy makes of it.
	request := dpop.Request{Method: r.Method, URL: p.Issuer + path, AccessToken: access, Now: p.Now()}
	proof, err := dpop.Check(sent[0], request)
	if err != nil && p.MTLS.URL != "" {
		request.URL = p.MTLS.URL + path // RFC 8705 5: it has two
		proof, err = dpop.Check(sent[0], request)
	}
	if err != nil {
		return nil, invalidProof("The DPoP proof is not valid for this request.").because(err)
	}
	// RFC 9449 8.2: the next nonce comes along, so that nobody has to be sent back for it.
	w.Header().Set(headerNonce, p.nonce())
	if needed := !p.Tokens.DPoPNonceOptional; !p.knowsNonce(proof.Nonce) && (needed || proof.Nonce != "") {
		return nil, useNonce()
	}
	return &proof, nil
}

// takeProof takes a proof, once (RFC 9449 11.1). It is kept for the minute and a half in
// which it could be used again, and only for those who have something to redeem or to
// show: strangers can't fill the store.
func (p *Provider) takeProof(ctx context.Context, proof *dpop.Proof) error {
	if proof == nil {
		return nil
	}
	_, err := p.Artifacts.Put(ctx, store.Record{
		Kind: store.Proof, ID: store.Key(proof.Thumbprint + " " + proof.ID), Data: []byte("{}"), ExpiresAt: proof.Until,
	})
	if errors.Is(err, store.ErrConflict) {
		return invalidProof("The DPoP proof was used before.")
	}
	if err != nil {
		return fmt.Errorf("keep a proof: %w", err)
	}
	return nil
}

// typeOf is how a token is used (RFC 9449 5). One that is bound to a certificate is a
// bearer token in its form (RFC 8705 3).
func typeOf(h token.Holder) string {
	if h.JKT != "" {
		return schemeDPoP
	}
	return schemeBearer
}

// checkKey: RFC 9449 10, the key that the code is for; checkImplicit is about tokens.
func checkKey(a *authorization) *Error {
	jkt := a.get("dpop_jkt")
	if jkt != "" && !dpop.IsThumbprint(jkt) {
		return invalidRequest("The dpop_jkt must be a SHA-256 thumbprint in base64url.")
	}
	a.jkt = jkt
	return nil
}

// refreshData is what a refresh token is bound to, beside its grant.
type refreshData struct {
	Holder token.Holder `json:"holder,omitzero"`
}

// refreshHolder: a public client has nothing else by which a thief's request could be told
// from its own (RFC 9449 5, RFC 8705 4). The others prove themselves each time, and may
// change their keys.
func (r *redemption) refreshHolder() token.Holder {
	if !r.client.public() {
		return token.Holder{}
	}
	return r.holder()
}

// mayRefresh says whether who sends a refresh token is who it is bound to. It does not end
// the grant: the thief has gained nothing, and the client still has its key.
func mayRefresh(r *redemption, v voucher) error {
	var bound refreshData
	if err := store.Decode(v.Data, &bound); err != nil {
		return fmt.Errorf("read refresh token: %w", err)
	}
	shown := r.holder()
	switch {
	case bound.Holder.JKT != "" && shown.JKT != bound.Holder.JKT:
		return invalidGrant().becausef("not the key that the refresh token of grant %s is bound to", v.grant.ID)
	case bound.Holder.X5T != "" && shown.X5T != bound.Holder.X5T:
		return invalidGrant().becausef("not the certificate that the refresh token of grant %s is bound to", v.grant.ID)
	}
	return nil
}
