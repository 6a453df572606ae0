package selfservice

import (
	"context"
	"net/http"
	"net/url"

	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/store"
)

// The event of sessions that were signed out, and which those were.
const (
	endedEvent = "session.ended"
	endedThis  = "this"
	endedOne   = "one"
	endedRest  = "others"
)

// end signs one of the visitor's sessions out. As with the others, that takes no more
// than to be in one: it takes something from a thief and gives them nothing.
func (s *Service) end(w http.ResponseWriter, r *http.Request, v *visitor, fields url.Values) error {
	if err := s.Sessions.EndOf(r.Context(), v.user.ID, fields.Get("session")); err != nil {
		return err
	}
	s.auditEnd(r.Context(), v.user.ID, endedOne, 1)
	seeOther(w, s.done(v, sessionEnded))
	return nil
}

// endOthers signs out all of the visitor's sessions but this one.
func (s *Service) endOthers(w http.ResponseWriter, r *http.Request, v *visitor, _ url.Values) error {
	if err := s.endRest(r.Context(), v.user.ID, v.session.Key); err != nil {
		return err
	}
	seeOther(w, s.done(v, sessionsEnded))
	return nil
}

// endRest signs out all of a user's sessions but the one with this key.
func (s *Service) endRest(ctx context.Context, userID, key string) error {
	n, err := s.Sessions.Distrust(ctx, userID, key, "")
	if n > 0 {
		s.auditEnd(ctx, userID, endedRest, n)
	}
	return err
}

// signOut signs this session out. That takes no more than to be in it.
func (s *Service) signOut(w http.ResponseWriter, r *http.Request, v *visitor, _ url.Values) error {
	if err := s.Sessions.End(w, r); err != nil {
		return err
	}
	s.auditEnd(r.Context(), v.user.ID, endedThis, 1)
	seeOther(w, signedOutPath)
	return nil
}

func (s *Service) auditEnd(ctx context.Context, userID, which string, n int) {
	s.audit(ctx, store.Event{Type: endedEvent, UserID: userID, Details: map[string]any{"which": which, "sessions": n}})
}

func (s *Service) signedOut(w http.ResponseWriter, _ *http.Request) error {
	s.Pages.Render(w, http.StatusOK, "signed-out", page.SignedOut{Account: "/account"})
	return nil
}
