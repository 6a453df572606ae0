package relying

import (
	"context"
	"encoding/json"
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
	record, err := i.Artifacts.Get(ctx, store.Initial, store.Key(token))
	if err != nil {
		return err
	}
	d, err := readInitial(record)
	if err == nil && d.Left < 1 {
		err = store.ErrNotFound
	}
	return err
}

// Use uses a token once, or is store.ErrNotFound: of more who come at once than may, the
// rest get nothing. One that is used up stays until it expires: see GiveBack.
func (i Initial) Use(ctx context.Context, token string) error {
	return i.change(ctx, token, func(d *initialData) error {
		if d.Left < 1 {
			return store.ErrNotFound
		}
		d.Left--
		return nil
	})
}

// GiveBack undoes one use, of which nothing came.
func (i Initial) GiveBack(ctx context.Context, token string) error {
	return i.change(ctx, token, func(d *initialData) error {
		d.Left++
		return nil
	})
}

// Revoke ends a token, or is store.ErrNotFound where none can be used.
func (i Initial) Revoke(ctx context.Context, token string) error {
	if err := i.Check(ctx, token); err != nil {
		return err
	}
	_, err := i.Artifacts.Take(ctx, store.Initial, store.Key(token))
	return err
}

func (i Initial) change(ctx context.Context, token string, do func(*initialData) error) error {
	_, err := i.Artifacts.Change(ctx, store.Initial, []string{store.Key(token)}, func(found []store.Record) ([]store.Record, error) {
		if found[0].Version == 0 {
			return nil, store.ErrNotFound
		}
		d, err := readInitial(found[0])
		if err != nil {
			return nil, err
		}
		if err := do(&d); err != nil {
			return nil, err
		}
		found[0].Data, err = json.Marshal(d)
		return found, err
	})
	return err
}

func readInitial(r store.Record) (initialData, error) {
	var d initialData
	if err := json.Unmarshal(r.Data, &d); err != nil {
		return d, fmt.Errorf("read an initial access token: %w", err)
	}
	return d, nil
}
