package token

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/acrhost/acrhost/host/store"
)

// secretSize is the length of a secret in bytes.
const secretSize = 32

// secretKind binds sealed secrets to what they are.
const secretKind = "secret"

// Secret opens one of the provider's own secrets, and makes it at the first time. All
// hosts on a store have the same; it never changes, also when the seal key does.
func Secret(ctx context.Context, secrets store.Secrets, sealer Sealer, name string) ([]byte, error) {
	sealed, err := secrets.Secret(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		fresh := make([]byte, secretSize)
		_, _ = rand.Read(fresh) // never fails, see crypto/rand
		err = secrets.AddSecret(ctx, name, sealer.Seal(secretKind, name, fresh))
		if err != nil && !errors.Is(err, store.ErrConflict) {
			return nil, fmt.Errorf("store secret %s: %w", name, err)
		}
		sealed, err = secrets.Secret(ctx, name) // another host may have been first
	}
	if err != nil {
		return nil, fmt.Errorf("read secret %s: %w", name, err)
	}
	plain, err := sealer.Open(secretKind, name, sealed)
	if err != nil {
		return nil, fmt.Errorf("open secret %s: %w", name, err)
	}
	return plain, nil
}
