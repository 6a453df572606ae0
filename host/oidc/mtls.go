package oidc

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"net/http"

	"github.com/acrhost/acrhost/host/clientcert"
	"github.com/acrhost/acrhost/host/forwarded"
)

// byCertificate says that the client proves itself by holding a certificate's key: then it
// sends nothing but its id (RFC 8705 2).
func (c *client) byCertificate() bool {
	return c.TokenEndpointAuthMethod == authTLS || c.TokenEndpointAuthMethod == authSelfSigned
}

// checkCertificate checks the certificate that came with a request: that an authority
// vouches for it and that it has the client's name (RFC 8705 2.1), or that it is among the
// client's own keys (2.2).
func (p *Provider) checkCertificate(r *http.Request, c *client) error {
	chain := forwarded.ClientCertificate(r)
	if len(chain) == 0 {
		return invalidClient().becausef("client %q showed no certificate", c.ID)
	}
	if c.TokenEndpointAuthMethod == authSelfSigned {
		return p.checkSelfSigned(r.Context(), c, chain[0])
	}
	if !c.Certificate.IsOf(chain[0]) {
		return invalidClient().becausef("the certificate of %.200q is not client %q's", chain[0].Subject, c.ID)
	}
	if err := clientcert.Issued(chain, p.MTLS.ClientCAs, p.Now()); err != nil {
		return invalidClient().becausef("the certificate of client %q: %w", c.ID, err)
	}
	return nil
}

// checkSelfSigned takes a certificate that the client has registered, as long as it says
// that it is valid itself.
func (p *Provider) checkSelfSigned(ctx context.Context, c *client, cert *x509.Certificate) error {
	now := p.Now()
	switch {
	case c.keys == nil:
		return invalidClient().becausef("client %q has no keys", c.ID)
	case now.Before(cert.NotBefore) || now.After(cert.NotAfter):
		return invalidClient().becausef("the certificate of client %q is not valid now", c.ID)
	}
	if err := c.keys.Vouch(ctx, cert); err != nil {
		return invalidClient().becausef("the certificate is not client %q's: %w", c.ID, err)
	}
	return nil
}

// boundTo is the thumbprint of the certificate that the client's tokens are bound to;
// empty: they are not (RFC 8705 3). A public client shows one for this alone (4).
func boundTo(r *http.Request, c *client) (string, error) {
	if !c.CertificateBoundAccessTokens {
		return "", nil
	}
	x5t := thumbprintOf(r)
	if x5t == "" {
		return "", invalidRequest("This client's tokens are bound to its certificate, and the request came without one.")
	}
	return x5t, nil
}

// thumbprintOf is x5t#S256 of a request's certificate (RFC 8705 3.1); empty without one.
func thumbprintOf(r *http.Request) string {
	chain := forwarded.ClientCertificate(r)
	if len(chain) == 0 {
		return ""
	}
	return thumbprint(chain[0])
}

func thumbprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// authMethods are the ways in which clients can prove themselves here.
func (p *Provider) authMethods() []string {
	methods := []string{authBasic, authPost, authPrivateKey, authSecretJWT, authNone}
	if p.MTLS.On() {
		methods = append(methods, authSelfSigned)
	}
	if p.MTLS.On() && p.MTLS.ClientCAs != nil {
		methods = append(methods, authTLS)
	}
	return methods
}

// aliases are the endpoints at which clients show certificates (RFC 8705 5); nil: at the
// usual ones.
func (p *Provider) aliases(u usage) map[string]string {
	if p.MTLS.URL == "" {
		return nil
	}
	all := map[string]string{
		"token_endpoint":                        p.MTLS.URL + pathToken,
		"revocation_endpoint":                   p.MTLS.URL + pathRevoke,
		"pushed_authorization_request_endpoint": p.MTLS.URL + pathPush,
		"introspection_endpoint":                p.MTLS.URL + pathIntrospect,
		"userinfo_endpoint":                     p.MTLS.URL + pathUserinfo,
	}
	if u.grants[grantDevice] {
		all["device_authorization_endpoint"] = p.MTLS.URL + pathDeviceAuthorization
	}
	return all
}
