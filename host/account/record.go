package account

import (
	"context"
	"fmt"

	"github.com/acrhost/acrhost/host/store"
)

// signOut ends all of a user's sessions: what they were begun by is no longer trusted.
func (s *Service) signOut(ctx context.Context, userID string) error {
	if s.sessions == nil {
		return nil
	}
	if _, err := s.sessions.DeleteGroup(ctx, store.SessionsOf(userID)); err != nil {
		return fmt.Errorf("it was done, but the user's sessions go on: %w", err)
	}
	return nil
}

// record keeps what the operator did to a user. What was done stays done when it
// can't be kept; the error says so.
func (s *Service) record(ctx context.Context, event, userID string, details map[string]any) error {
	if s.audit == nil {
		return nil
	}
	details["by"] = "operator"
	if err := s.audit.AddEvent(ctx, store.Event{At: s.now().UTC(), Type: event, UserID: userID, Details: details}); err != nil {
		return fmt.Errorf("it was done, but the audit event %s is lost: %w", event, err)
	}
	return nil
}

// RecordImport keeps that the operator imported users, and how many.
func (s *Service) RecordImport(ctx context.Context, added, updated int) error {
	return s.record(ctx, "users.imported", "", map[string]any{"added": added, "updated": updated})
}
