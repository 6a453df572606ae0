package selfservice

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/page"
)

// ItemPage is what the pages account-rename and account-remove show.
type ItemPage struct {
	Token, TokenField string
	ID, Name, Kind    string
	Last              bool
}

// item is one of the visitor's own, with its kind; factor.ErrNone for any other.
func (s *Service) item(ctx context.Context, v *visitor, id string) (factor.Item, kind, error) {
	all, err := s.Factors.Items(ctx, v.user.ID)
	if err != nil {
		return factor.Item{}, kind{}, err
	}
	i := slices.IndexFunc(all, func(i factor.Item) bool { return i.ID == id })
	if i < 0 {
		return factor.Item{}, kind{}, factor.ErrNone
	}
	k, ok := kindOf(all[i])
	if !ok {
		return factor.Item{}, kind{}, factor.ErrNone
	}
	return all[i], k, nil
}

// ask shows a page about one item. Who could not send its form signs in first.
func (s *Service) ask(w http.ResponseWriter, r *http.Request, template string, fits func(kind) bool) error {
	v, err := s.visitor(r)
	switch {
	case err != nil:
		return err
	case v == nil:
		return s.signIn(w, r, nil, wantLook)
	}
	i, k, err := s.item(r.Context(), v, r.URL.Query().Get("item"))
	switch {
	case err != nil:
		return err
	case !fits(k):
		return factor.ErrNone
	}
	err = s.mayChange(r.Context(), v)
	switch {
	case errors.Is(err, factor.ErrWeak):
		return s.signIn(w, r, v, wantChange)
	case err != nil:
		return err
	}
	s.Pages.Render(w, http.StatusOK, template, ItemPage{
		Token: s.token(v), TokenField: page.TokenField, ID: i.ID, Name: nameOf(i, k), Kind: k.title, Last: i.Last,
	})
	return nil
}

func (s *Service) askRename(w http.ResponseWriter, r *http.Request) error {
	return s.ask(w, r, "account-rename", func(k kind) bool { return k.named })
}

func (s *Service) askRemove(w http.ResponseWriter, r *http.Request) error {
	return s.ask(w, r, "account-remove", func(kind) bool { return true })
}

func (s *Service) rename(w http.ResponseWriter, r *http.Request, v *visitor, fields url.Values) error {
	i, k, err := s.item(r.Context(), v, fields.Get("item"))
	switch {
	case err != nil:
		return err
	case !k.named:
		return factor.ErrNone
	}
	if err := s.Factors.Rename(r.Context(), v.user.ID, i.ID, fields.Get("name"), v.evidence()); err != nil {
		return err
	}
	seeOther(w, s.done(v, renamed))
	return nil
}

func (s *Service) remove(w http.ResponseWriter, r *http.Request, v *visitor, fields url.Values) error {
	i, _, err := s.item(r.Context(), v, fields.Get("item"))
	if err != nil {
		return err
	}
	remove := s.Factors.Remove
	if i.Kind == deliver.SMS || i.Kind == deliver.Email {
		remove = s.Factors.RemoveAddress
	}
	if err := remove(r.Context(), v.user.ID, i.ID, v.evidence()); err != nil {
		return err
	}
	// Whoever is signed in elsewhere by what is gone is out.
	if err := s.endRest(r.Context(), v.user.ID, v.session.Key); err != nil {
		return err
	}
	seeOther(w, s.done(v, removed))
	return nil
}
