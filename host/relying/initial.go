package relying

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// Bounds of initial access tokens.
const (
	MaxInitialUses = 1_000_000
	MaxInitialLife = 366 * 24 * time.Hour
)

// Initial are the initial access tokens with which clients register (RFC 7591 3). Only
// their hashes are kept.
type Initial struct {
	Artifacts store.Artifacts
	Now       func() time.Time
}

type initialData struct {
	Left int `json:"left"` // how often it can still be used
}

// New makes a token that may be used so often, for so long.
func (i Initial) New(ctx context.Context, uses int, life time.Duration) (token string, err error) {
	if uses < 1 || uses > MaxInitialUses || life <= 0 || life > MaxInitialLife {
		return "", fmt.Errorf("an initial access token is good for 1 to %d uses, and for %s at most", MaxInitialUses, MaxInitialLife)
	}
	data, err := json.Marshal(initialData{uses})
	if err != nil {
		return "", err
	}
	token, _ = NewSecret()
	_, err = i.Artifacts.Put(ctx, store.Record{Kind: store.Initial, ID: store.Key(token), Data: data, ExpiresAt: i.Now().Add(life)})
	if err != nil {
		return "", fmt.Errorf("keep an initial access token: %w", err)
	}
	return token, nil
}

// Check says whether a token could be used now: store.ErrNotFound when it could not.
func (i Initial) Check(ctx context.Context, token string) error {
	_, err := i.Artifacts.Get(ctx, store.Initial, store.Key(token))
	return err
}

// initialRounds is how often a use is tried while others use the same token.
const initialRounds = 8

// Use uses a token once, or is store.ErrNotFound: of more who come at once than may, the
// rest get nothing.
func (i Initial) Use(ctx context.Context, token string) error {
	for range initialRounds {
		record, err := i.Artifacts.Get(ctx, store.Initial, store.Key(token))
		if err != nil {
			return err
		}
		var d initialData
		if err := json.Unmarshal(record.Data, &d); err != nil {
			return fmt.Errorf("read an initial access token: %w", err)
		}
		if d.Left <= 1 {
			_, err := i.Artifacts.Take(ctx, store.Initial, record.ID)
			return err
		}
		d.Left--
		if record.Data, err = json.Marshal(d); err != nil {
			return err
		}
		if _, err = i.Artifacts.Put(ctx, record); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return errors.New("too many registrations with one token at the same moment")
}
