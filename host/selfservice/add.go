package selfservice

import (
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
	return s.begin(w, r, resume{Add: k.name, Session: v.session.Key}, login.Request{Journey: prefix + k.name})
}

// offers says whether a kind can be added here.
func (s *Service) offers(k kind) bool {
	return slices.Contains(s.Offers, k.name) && s.Factors.CanUse(k.factor)
}
