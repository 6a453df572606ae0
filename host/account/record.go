package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/acrhost/acrhost/host/store"
)

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

// ended keeps what the operator changed, and ends the user's sessions and logins: what
// they were begun by does not count any more.
func (s *Service) ended(ctx context.Context, event, userID string, details map[string]any) error {
	err := s.record(ctx, event, userID, details)
	if out := s.signOut(ctx, userID); out != nil {
		err = errors.Join(err, fmt.Errorf("it was done, but the user's sessions go on: %w", out))
	}
	return err
}
