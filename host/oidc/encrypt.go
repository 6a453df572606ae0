package oidc

import (
	"context"
	"fmt"

	"github.com/acrhost/acrhost/host/clientkey"
)

// encrypted is a signed JWT as the client wants to have it: signed first and then encrypted
// (OpenID Connect Core 10.2, RFC 7519 11.2), or as it is.
func (c *client) encrypted(ctx context.Context, how clientkey.Encryption, signed string) (string, error) {
	if how.Alg == "" {
		return signed, nil
	}
	sealed, err := c.keys.Encrypt(ctx, how, "JWT", []byte(signed))
	if err != nil {
		// Never in the clear instead: fail closed.
		return "", fmt.Errorf("client %q: %w", c.ID, err)
	}
	return sealed, nil
}
