package selfservice

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/login"
)

// add begins the journey that adds a factor, with the evidence of the session.
func (s *Service) add(w http.ResponseWriter, r *http.Request, v *visitor, fields url.Values) error {
	k, ok := kindNamed(fields.Get("factor"))
	if !ok || !s.offers(k) {
		return factor.ErrNone
	}
	err := s.mayAdd(r.Context(), v, k)
	switch {
	case errors.Is(err, factor.ErrWeak):
		return s.signIn(w, r, v, wantChange)
	case err != nil:
		return err
	}
	return s.begin(w, r, resume{Add: k.name, Session: v.session.Key}, login.Request{Journey: prefix + k.name})
}

// mayAdd says whether the journey that adds a kind may begin. To change a password takes
// the password, which the journey asks for: whoever has no other factor must be able to.
func (s *Service) mayAdd(ctx context.Context, v *visitor, k kind) error {
	has, err := s.Factors.Of(ctx, v.user.ID)
	if err != nil || k.factor == factor.Password && has.Password {
		return err
	}
	return s.mayChange(ctx, v)
}

// offers says whether a kind can be added here.
func (s *Service) offers(k kind) bool {
	return slices.Contains(s.Offers, k.name) && s.Factors.CanUse(k.factor)
}
