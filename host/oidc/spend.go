package oidc

import (
	"context"
	"errors"
	"fmt"

	"github.com/acrhost/acrhost/host/store"
)

// voucher is a code or a refresh token that was found, with its grant.
type voucher struct {
	store.Record
	grant store.Grant
}

// find looks a code or refresh token up. One that was used before ends its grant;
// one that is unknown or whose grant has ended is invalid_grant.
func (p *Provider) find(ctx context.Context, kind store.Kind, secret string) (voucher, error) {
	id := store.Key(secret)
	record, err := p.Artifacts.Get(ctx, kind, id)
	if errors.Is(err, store.ErrNotFound) {
		return voucher{}, p.usedBefore(ctx, kind, id)
	}
	if err != nil {
		return voucher{}, fmt.Errorf("find %s: %w", kind, err)
	}
	grant, err := p.Grants.Grant(ctx, record.Group)
	if errors.Is(err, store.ErrNotFound) {
		return voucher{}, invalidGrant().becausef("the grant of this %s has expired", kind)
	}
	if err != nil {
		return voucher{}, fmt.Errorf("find grant: %w", err)
	}
	if !p.inForce(grant) {
		return voucher{}, invalidGrant().becausef("the grant of this %s has ended", kind)
	}
	return voucher{record, grant}, nil
}

// spend uses a voucher up: of any number of callers, at once or ever, one gets nil.
//
// The mark that stays decides it, and is written before the voucher goes: whoever
// comes too late to read the voucher is sure to find the mark. It belongs to no
// group, so that it outlives the grant that a second use revokes; a third caller,
// who had read the voucher before, would find the place free again otherwise.
func (p *Provider) spend(ctx context.Context, v voucher) error {
	_, err := p.Artifacts.Put(ctx, store.Record{
		Kind: store.Spent, ID: v.ID, Data: []byte(v.grant.ID), ExpiresAt: v.grant.ExpiresAt,
	})
	if errors.Is(err, store.ErrConflict) {
		return p.usedBefore(ctx, v.Kind, v.ID)
	}
	if err != nil {
		return fmt.Errorf("mark %s as used: %w", v.Kind, err)
	}
	_, err = p.Artifacts.Take(ctx, v.Kind, v.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("take %s: %w", v.Kind, err)
	}
	return nil
}

// usedBefore answers for a voucher that is not there (any more). When it was used,
// two parties hold it, and which of them is the thief can't be known: all that
// came of the grant ends (RFC 6749 4.1.2, RFC 9700 4.14.2).
func (p *Provider) usedBefore(ctx context.Context, kind store.Kind, id string) error {
	mark, err := p.Artifacts.Get(ctx, store.Spent, id)
	if errors.Is(err, store.ErrNotFound) {
		return invalidGrant().becausef("unknown or expired %s", kind)
	}
	if err != nil {
		return fmt.Errorf("find used %s: %w", kind, err)
	}
	return p.misused(ctx, string(mark.Data), fmt.Errorf("a %s was used twice", kind))
}

// misused ends a grant because someone used what came of it in a way that its
// owner would not. The answer is invalid_grant.
func (p *Provider) misused(ctx context.Context, grantID string, cause error) error {
	err := p.Grants.RevokeGrant(ctx, grantID, p.Now())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("revoke grant %s: %w", grantID, err)
	}
	event := store.Event{Type: "grant.revoked", Details: map[string]any{"grant": grantID, "reason": cause.Error()}}
	if g, err := p.Grants.Grant(ctx, grantID); err == nil {
		event.UserID, event.Client, event.Run = g.UserID, g.ClientID, g.Run
	}
	p.audit(ctx, event)
	return invalidGrant().becausef("grant %s revoked: %w", grantID, cause)
}
