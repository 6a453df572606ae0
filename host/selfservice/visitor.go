package selfservice

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
)

// visitor is somebody who is signed in.
type visitor struct {
	session *session.Session
	user    store.User
}

// visitor finds who made a request; nil when there is no session, or its user may not
// sign in any more.
func (s *Service) visitor(r *http.Request) (*visitor, error) {
	sso, err := s.Sessions.Lookup(r)
	if err != nil || sso == nil {
		return nil, err
	}
	user, err := s.Users.User(r.Context(), sso.UserID)
	if errors.Is(err, store.ErrNotFound) || err == nil && user.Disabled {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find the session's user: %w", err)
	}
	return &visitor{session: sso, user: user}, nil
}

// evidence is what was verified of the visitor, out of the store.
func (v *visitor) evidence() []acr.Evidence {
	all := make([]acr.Evidence, len(v.session.Evidence))
	for i, e := range v.session.Evidence {
		all[i] = acr.Evidence{AMR: e.AMR, At: e.At}
	}
	return all
}

// mayChange says whether the visitor's evidence is enough for a change; factor.ErrWeak
// when it is not.
func (s *Service) mayChange(ctx context.Context, v *visitor) error {
	return s.Factors.MayChange(ctx, v.user.ID, v.evidence())
}
