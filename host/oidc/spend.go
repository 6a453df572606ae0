package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/acrhost/acrhost/host/store"
)

// voucher is a code or a refresh token that was found, with its grant.
type voucher struct {
	store.Record
	grant store.Grant
}

// find looks a code or refresh token up. One that was used before ends its grant;
// one that is unknown or whose grant has ended is invalid_grant. The grant is found with no
// more scope than the client that asks may have now.
func (p *Provider) find(ctx context.Context, c *client, kind store.Kind, secret string) (voucher, error) {
	id := store.Key(secret)
	record, err := p.Artifacts.Get(ctx, kind, id)
	if errors.Is(err, store.ErrNotFound) {
		return voucher{}, p.usedBefore(ctx, kind, id)
	}
	if err != nil {
		return voucher{}, fmt.Errorf("find %s: %w", kind, err)
	}
	if grantID, ok := spentOf(record); ok {
		return voucher{}, p.misused(ctx, grantID, fmt.Errorf("a %s was used twice", kind))
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
	grant.Scope = both(grant.Scope, c.Scopes)
	return voucher{record, grant}, nil
}

// spentPrefix begins what is left in the place of a voucher that was used: the id of its
// grant follows. What a voucher says is JSON, and begins otherwise.
const spentPrefix = "spent:"

// spentOf is the grant of a voucher that was used.
func spentOf(r store.Record) (grantID string, ok bool) {
	return strings.CutPrefix(string(r.Data), spentPrefix)
}

// spend uses a voucher up: of any number of callers, at once or ever, one gets nil.
//
// The mark that stays takes the voucher's place, whose version decides it: who comes too late
// finds the mark, and so does who had read the voucher before. It belongs to no group, so
// that it outlives the grant that a second use revokes.
func (p *Provider) spend(ctx context.Context, r *redemption, v voucher) error {
	_, err := p.Artifacts.Put(ctx, store.Record{
		Kind: v.Kind, ID: v.ID, Data: []byte(spentPrefix + v.grant.ID), Version: v.Version, ExpiresAt: v.grant.ExpiresAt,
	})
	if errors.Is(err, store.ErrConflict) {
		return p.usedBefore(ctx, v.Kind, v.ID)
	}
	if err != nil {
		return fmt.Errorf("mark %s as used: %w", v.Kind, err)
	}
	r.spent = true
	return nil
}

// final is an error after a voucher was used up. Nobody is told to come again with it, though
// there was but no time: a second use ends the grant.
func final(err error) error {
	if told, ok := errors.AsType[*Error](err); ok && told.status < http.StatusInternalServerError {
		return err
	}
	return failed(err)
}

// usedBefore answers for a voucher that is not there (any more). When it was used,
// two parties hold it, and which of them is the thief can't be known: all that
// came of the grant ends (RFC 6749 4.1.2, RFC 9700 4.14.2).
func (p *Provider) usedBefore(ctx context.Context, kind store.Kind, id string) error {
	left, err := p.Artifacts.Get(ctx, kind, id)
	if err == nil {
		if grantID, ok := spentOf(left); ok {
			return p.misused(ctx, grantID, fmt.Errorf("a %s was used twice", kind))
		}
		return invalidGrant().becausef("the %s changed meanwhile", kind)
	}
	if errors.Is(err, store.ErrNotFound) {
		return p.usedLongAgo(ctx, kind, id)
	}
	return fmt.Errorf("find %s: %w", kind, err)
}

// usedLongAgo looks for the mark as hosts left it before it took the voucher's place.
func (p *Provider) usedLongAgo(ctx context.Context, kind store.Kind, id string) error {
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
