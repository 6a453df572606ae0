package selfservice

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/form"
	"github.com/acrhost/acrhost/host/page"
)

// handler answers a form that the visitor sent from a page of ours.
type handler func(w http.ResponseWriter, r *http.Request, v *visitor, fields url.Values) error

// posted lets through what a page of this very session has sent.
func (s *Service) posted(h handler) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !form.SameOrigin(r) {
			return forged("posted from another origin")
		}
		fields, err := form.Read(w, r)
		if unread, ok := errors.AsType[*form.ReadError](err); ok {
			return &fault{unread.Status, "This form can’t be read", "Nothing was changed. " + openAgain, unread}
		}
		if err != nil {
			return err
		}
		v, err := s.visitor(r)
		switch {
		case err != nil:
			return err
		case v == nil:
			return notSignedIn()
		}
		if _, ok := s.forms().Open(v.session.Key, fields.Get(page.TokenField)); !ok {
			return forged("no form token, or not this session's")
		}
		return h(w, r, v, fields)
	}
}

// change is posted for what changes anything: who is not verified well enough signs in
// first, and then sends the form again.
func (s *Service) change(h handler) func(http.ResponseWriter, *http.Request) error {
	return s.posted(func(w http.ResponseWriter, r *http.Request, v *visitor, fields url.Values) error {
		err := s.mayChange(r.Context(), v)
		if err == nil {
			// What factor does asks once more: evidence may have grown too old since.
			err = h(w, r, v, fields)
		}
		if errors.Is(err, factor.ErrWeak) {
			return s.signIn(w, r, v, wantChange)
		}
		return err
	})
}

// forms makes the token of a session's forms. A session has one user, so that what one
// sends for itself is no other's.
func (s *Service) forms() form.Signer { return form.Signer{Sealer: s.Sealer, Use: "account form"} }

func (s *Service) token(v *visitor) string { return s.forms().Sign(v.session.Key, "account") }
