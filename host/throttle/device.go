package throttle

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// DeviceTTL is how long a browser is known after a login in it.
const DeviceTTL = 90 * 24 * time.Hour

// Remember makes a browser known to an account whose owner has just signed in
// there. device is the key of the browser's secret; account is the user's name.
//
// It is kept by name and not by the user's id, as guesses are made at names: to
// find an id first would take another read for users that exist.
func (t *Throttle) Remember(ctx context.Context, device, account string) error {
	id := t.deviceID(device, accountOf(account))
	record, err := t.c.Artifacts.Get(ctx, store.Throttle, id)
	if errors.Is(err, store.ErrNotFound) {
		record, err = store.Record{Kind: store.Throttle, ID: id}, nil
	}
	if err != nil {
		return fmt.Errorf("find a known browser: %w", err)
	}
	record.ExpiresAt = t.c.Now().Add(DeviceTTL)
	_, err = t.c.Artifacts.Put(ctx, record)
	// Another login of the same moment remembers the same.
	if err != nil && !errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("remember a browser: %w", err)
	}
	return nil
}

// knows says whether the account's owner has signed in in this browser.
func (t *Throttle) knows(ctx context.Context, device, account string) (bool, error) {
	if device == "" || account == "" {
		return false, nil
	}
	_, err := t.c.Artifacts.Get(ctx, store.Throttle, t.deviceID(device, account))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find a known browser: %w", err)
	}
	return true, nil
}

func (t *Throttle) deviceID(device, account string) string { return t.id("known", device, account) }
