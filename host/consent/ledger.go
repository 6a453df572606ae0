package consent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// Ledger is all consents. It is safe for concurrent use.
type Ledger struct {
	Store store.Consents
	// FirstParty says whether a client is the operator's own, so that nobody is asked; nil:
	// none is.
	FirstParty func(ctx context.Context, clientID string) (bool, error)
	// ScopeOf is the scope that covers a claim; empty: none does. nil: no claim is covered.
	ScopeOf func(claim string) string
	Now     func() time.Time
}

// Given says whether the user has allowed the client all that it asks for, or need not be
// asked.
func (l Ledger) Given(ctx context.Context, userID, clientID string, asked Asked) (bool, error) {
	if l.FirstParty != nil {
		own, err := l.FirstParty(ctx, clientID)
		if err != nil || own {
			return own, err
		}
	}
	c, err := l.Store.Consent(ctx, userID, clientID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for a consent: %w", err)
	}
	return !asked.Details && l.covers(c, asked), nil
}

// covers: openid is none that a user could deny: it says that the client signs people in. A
// claim that was asked for by name is covered by itself, or by a scope that brings it.
func (l Ledger) covers(c store.Consent, asked Asked) bool {
	for _, scope := range asked.Scope {
		if scope != "openid" && !slices.Contains(c.Scope, scope) {
			return false
		}
	}
	for _, claim := range asked.Claims {
		if !slices.Contains(c.Claims, claim) && (l.ScopeOf == nil || !slices.Contains(c.Scope, l.ScopeOf(claim))) {
			return false
		}
	}
	return true
}

// Give remembers that the user allowed the client what it asked for, but for authorization
// details.
func (l Ledger) Give(ctx context.Context, userID, clientID string, asked Asked) error {
	err := l.Store.AddConsent(ctx, store.Consent{UserID: userID, ClientID: clientID, Scope: asked.Scope, Claims: asked.Claims, GivenAt: l.Now().UTC()})
	if err != nil {
		return fmt.Errorf("keep a consent: %w", err)
	}
	return nil
}

// Of are all of a user's consents, by client.
func (l Ledger) Of(ctx context.Context, userID string) ([]store.Consent, error) {
	return l.Store.ConsentsOf(ctx, userID)
}

// Revoke forgets a consent and ends all that the client was granted by the user, which it
// counts. Without a consent it is store.ErrNotFound.
func (l Ledger) Revoke(ctx context.Context, userID, clientID string) (int, error) {
	return l.Store.RemoveConsent(ctx, userID, clientID, l.Now().UTC())
}
