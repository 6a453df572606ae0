package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// redeemDevice is RFC 8628 3.4: the device asks what came of its code. Once, and to its own
// client alone, the code gives tokens; a second use ends the grant, as a code's does.
func (p *Provider) redeemDevice(ctx context.Context, r *redemption) (tokens, error) {
	code := r.get("device_code")
	if code == "" {
		return tokens{}, invalidRequest("The parameter device_code is missing.")
	}
	record, d, err := p.deviceRecord(ctx, store.Key(code))
	if errors.Is(err, store.ErrNotFound) {
		return tokens{}, p.usedBefore(ctx, store.Device, store.Key(code))
	}
	if err != nil {
		return tokens{}, fmt.Errorf("find device code: %w", err)
	}
	if d.Client != r.client.ID {
		return tokens{}, invalidGrant().becausef("client %q tried a device code of client %q", r.client.ID, d.Client)
	}
	if err := p.paced(ctx, record); err != nil {
		return tokens{}, err
	}
	switch {
	case d.State == deviceRefused:
		return tokens{}, deviceDenied()
	case d.State == deviceGranted:
		return p.redeemGranted(ctx, r, code)
	case !p.Now().Before(d.Until):
		return tokens{}, expiredToken()
	}
	return tokens{}, authorizationPending()
}

func (p *Provider) redeemGranted(ctx context.Context, r *redemption, code string) (tokens, error) {
	v, err := p.find(ctx, r.client, store.Device, code)
	if err != nil {
		return tokens{}, err
	}
	given, err := p.given(r, v.grant)
	if err != nil {
		return tokens{}, err
	}
	if fault := p.mayHaveGrant(ctx, v.grant.UserID); fault != nil {
		return tokens{}, refuseGrant(fault)
	}
	if err := p.takeProof(ctx, r.proof); err != nil {
		return tokens{}, err
	}
	if err := p.spend(ctx, r, v); err != nil {
		return tokens{}, err
	}
	return p.issue(ctx, r, v.grant, v.grant.Scope, given, "")
}

// pace is how often a device may ask, and when it did.
type pace struct {
	Last  time.Time     `json:"last"`
	Every time.Duration `json:"every"`
}

// paced refuses a device that asks too often (RFC 8628 3.5). Of several that ask at once
// with one code, one is answered.
func (p *Provider) paced(ctx context.Context, of store.Record) error {
	now, was := p.Now(), pace{Every: pollEvery}
	record, err := p.Artifacts.Get(ctx, store.Poll, of.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		record = store.Record{Kind: store.Poll, ID: of.ID}
	case err != nil:
		return fmt.Errorf("find when a device asked: %w", err)
	default:
		if err := json.Unmarshal(record.Data, &was); err != nil {
			return fmt.Errorf("read when a device asked: %w", err)
		}
	}
	early := now.Sub(was.Last) < was.Every
	if was.Last = now; early {
		was.Every = min(was.Every+pollEvery, deviceTime)
	}
	if record.Data, err = json.Marshal(was); err != nil {
		return fmt.Errorf("keep when a device asked: %w", err)
	}
	record.ExpiresAt = of.ExpiresAt
	switch _, err = p.Artifacts.Put(ctx, record); {
	case errors.Is(err, store.ErrConflict):
		return slowDown()
	case err != nil:
		return fmt.Errorf("keep when a device asked: %w", err)
	case early:
		return slowDown()
	}
	return nil
}
