package resource

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/acrhost/acrhost/sdk/dpop"
)

// seenProofs is how many proofs a process remembers, some 10 MB: what comes in the minute
// and a half in which a proof is good.
const seenProofs = 100_000

// The schemes of access tokens, as challenges begin.
const (
	bearer = "Bearer "
	bound  = "DPoP "
)

// holder is the claim cnf: whose the token is (RFC 7800 3.1).
type holder struct {
	JKT string `json:"jkt"`      // thumbprint of a DPoP key (RFC 9449 6.1)
	X5T string `json:"x5t#S256"` // of a certificate (RFC 8705 3.1)
}

// VerifyRequest checks the access token of a request as Verify does, and that who sent it
// holds the key that the token is bound to, if it is: by a DPoP proof, or by the
// certificate of the connection. A bound token that comes as a bearer token is refused,
// or binding would be up to the thief. Every fault is ErrInvalid; one of the proof is
// dpop.ErrInvalid too.
func (v *Verifier) VerifyRequest(r *http.Request) (Token, error) {
	scheme, raw, ok := presented(r)
	if !ok {
		return Token{}, fmt.Errorf("%w: there is none", ErrInvalid)
	}
	t, err := v.verify(r.Context(), raw)
	if err != nil {
		return Token{}, err
	}
	if err := v.holds(r, scheme, raw, t.holder); err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return t, nil
}

func (v *Verifier) holds(r *http.Request, scheme, raw string, h *holder) error {
	switch {
	case h == nil && scheme == bearer:
		return nil
	case h == nil:
		return errors.New("a bearer token came as DPoP")
	case h.JKT == "" && h.X5T == "":
		return errors.New("it is bound in a way that is not known here")
	case (h.JKT != "") != (scheme == bound):
		return errors.New("a token that is bound to a DPoP key came as a bearer token, or the other way round")
	}
	if h.JKT != "" {
		if err := v.proves(r, raw, h.JKT); err != nil {
			return err
		}
	}
	if h.X5T != "" && !same(h.X5T, thumbprint(v.config.Certificate(r))) {
		return errors.New("the certificate is not the token's")
	}
	return nil
}

// proves checks the DPoP proof of a request (RFC 9449 4.3).
func (v *Verifier) proves(r *http.Request, raw, jkt string) error {
	sent := r.Header.Values("DPoP")
	switch {
	case v.config.URL == "":
		return errors.New("it is bound to a DPoP key, and this server's URL was not configured")
	case len(sent) != 1:
		return fmt.Errorf("%w: there are %d", dpop.ErrInvalid, len(sent))
	}
	p, err := dpop.Check(sent[0], dpop.Request{
		Method: r.Method, URL: strings.TrimSuffix(v.config.URL, "/") + r.URL.EscapedPath(), AccessToken: raw, Now: v.config.Now(),
	})
	if err != nil {
		return err
	}
	if !same(p.Thumbprint, jkt) {
		return errors.New("the proof is by another key")
	}
	first, err := v.config.First(r.Context(), p)
	if err != nil {
		return fmt.Errorf("look for the proof: %w", err)
	}
	if !first {
		return fmt.Errorf("%w: it was used before", dpop.ErrInvalid)
	}
	return nil
}

// ofConnection is the certificate by which the client opened the connection.
func ofConnection(r *http.Request) *x509.Certificate {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil
	}
	return r.TLS.PeerCertificates[0]
}

// thumbprint is RFC 8705 3.1; empty for none.
func thumbprint(c *x509.Certificate) string {
	if c == nil {
		return ""
	}
	sum := sha256.Sum256(c.Raw)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// presented finds the token of a request and the scheme by which it came.
func presented(r *http.Request) (scheme, raw string, ok bool) {
	headers := r.Header.Values("Authorization")
	if len(headers) != 1 {
		return "", "", false
	}
	name, raw, _ := strings.Cut(headers[0], " ")
	raw = strings.TrimSpace(raw)
	for _, scheme := range []string{bearer, bound} {
		if strings.EqualFold(name, strings.TrimSpace(scheme)) && raw != "" {
			return scheme, raw, true
		}
	}
	return "", "", false
}

// schemes are the challenges to a request without a token.
func (v *Verifier) schemes() []string {
	if v.config.URL == "" {
		return []string{strings.TrimSpace(bearer)}
	}
	return []string{strings.TrimSpace(bearer), bound + `algs="` + strings.Join(dpop.Algs(), " ") + `"`}
}
