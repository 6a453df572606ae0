package oidc

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/dpop"
)

// pushedPrefix begins the request_uri of a pushed request (RFC 9126 2.2).
const pushedPrefix = "urn:ietf:params:oauth:request_uri:"

// pushedTime is how long a pushed request waits for its browser: that is one redirect
// away. FAPI 2.0 Security Profile 5.3.2.2 wants less than 600 s.
const pushedTime = 90 * time.Second

// pushedRequest is a pushed request, or one of a form, as it is kept. It was checked when it came and is
// checked again when it is used: the configuration may have changed.
type pushedRequest struct {
	Client string     `json:"client"`
	Values url.Values `json:"values"`
	Signed bool       `json:"signed,omitzero"`
	Posted bool       `json:"posted,omitzero"` // by the browser itself (comeagain.go), which proves nothing
}

// pushedAnswer is RFC 9126 2.2.
type pushedAnswer struct {
	RequestURI string `json:"request_uri"`
	ExpiresIn  int64  `json:"expires_in"` // seconds
}

// push is the pushed authorization request endpoint (RFC 9126 2): the client itself,
// proven, says what it wants before there is a browser that could change it.
func (p *Provider) push(w http.ResponseWriter, r *http.Request) error {
	q, err := formParams(w, r)
	if err != nil {
		return err
	}
	c, err := p.authenticate(r, q)
	if err != nil {
		return err
	}
	proof, err := p.proofOf(w, r, pathPush, "")
	if err != nil {
		return err
	}
	if err := checkProofAlg(c, proof); err != nil {
		return err
	}
	asked, err := p.pushable(r.Context(), c, q)
	if err != nil {
		return err
	}
	if err := p.bindPushed(r.Context(), asked, proof); err != nil {
		return err
	}
	uri, err := p.keepPushed(r.Context(), c, asked)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, pushedAnswer{RequestURI: uri, ExpiresIn: int64(pushedTime / time.Second)})
}

// pushable gives the parameters of a request that could be begun now, as far as can be
// known without the user.
func (p *Provider) pushable(ctx context.Context, c *client, q params) (request, error) {
	if name, ok := q.anyRepeated("request", "request_uri"); ok {
		return request{}, invalidRequest("The parameter " + name + " was sent more than once.")
	}
	if q.has("request_uri") {
		return request{}, invalidRequest("A pushed request must not have a request_uri.") // RFC 9126 2.1
	}
	q = params{maps.Clone(q.values)}
	for _, secret := range []string{"client_secret", "client_assertion", "client_assertion_type"} {
		q.values.Del(secret)
	}
	q.values.Set("client_id", c.ID)
	asked, err := p.unpack(ctx, c, q)
	if err != nil {
		return request{}, err
	}
	asked.pushed = true
	a, err := prove(c, asked)
	if err != nil {
		return request{}, invalidRequest("The redirect_uri is missing, or not registered for this client.").because(err)
	}
	for _, check := range p.pushChecks() {
		if fault := check(a); fault != nil {
			return request{}, fault
		}
	}
	return asked, nil
}

// bindPushed: RFC 9449 10.1, a proof that comes with a push says what dpop_jkt says.
func (p *Provider) bindPushed(ctx context.Context, asked request, proof *dpop.Proof) error {
	if proof == nil {
		return nil
	}
	if jkt := asked.get("dpop_jkt"); jkt != "" && jkt != proof.Thumbprint {
		return invalidProof("The proof is made with another key than dpop_jkt names.")
	}
	asked.values.Set("dpop_jkt", proof.Thumbprint)
	return p.takeProof(ctx, proof)
}

func (p *Provider) keepPushed(ctx context.Context, c *client, asked request) (uri string, err error) {
	text, err := json.Marshal(pushedRequest{Client: c.ID, Values: asked.values, Signed: asked.signed, Posted: !asked.pushed})
	if err != nil {
		return "", fmt.Errorf("keep pushed request: %w", err)
	}
	secret := p.newSecret()
	_, err = p.Artifacts.Put(ctx, store.Record{
		Kind: store.Pushed, ID: store.Key(secret), Data: text, ExpiresAt: p.Now().Add(pushedTime),
	})
	if err != nil {
		return "", fmt.Errorf("keep pushed request: %w", err)
	}
	return pushedPrefix + secret, nil
}

// checkPushed: RFC 9126 5, a client that said it pushes its requests is not asked for in
// any other way.
func checkPushed(a *authorization) *Error {
	if a.client.RequirePushedAuthorizationRequests && !a.pushed {
		return invalidRequest("This client must push its requests.")
	}
	return nil
}

// pushChecks are those that need no user: errors about what users must do have no place
// in the answer to a push (RFC 9126 2.3).
func (p *Provider) pushChecks() []check {
	return append(p.requestChecks(), p.checkHint)
}
