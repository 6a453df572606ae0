package clientkey

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
)

// Vouch says whether a certificate is one of the client's own (RFC 8705 2.2): equal to the
// one in a key's x5c, or, where a key has none, one of that key. Nobody else's word counts:
// it may be signed by itself. The error says why it is not.
func (k *Keys) Vouch(ctx context.Context, c *x509.Certificate) error {
	_, err := k.look(ctx, func(s *Set) (*key, error) { return s.certified(c) })
	return err
}

func (s *Set) certified(c *x509.Certificate) (*key, error) {
	for i := range s.keys {
		if k := &s.keys[i]; k.isOf(c) {
			return k, nil
		}
	}
	return nil, ErrUnknownKey
}

func (k *key) isOf(c *x509.Certificate) bool {
	if k.cert != nil {
		return bytes.Equal(k.cert, c.Raw)
	}
	public, ok := c.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(k.public)
}
