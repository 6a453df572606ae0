package selfservice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/page"
)

// home shows the account to its owner. Anybody else signs in.
func (s *Service) home(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visitor(r)
	switch {
	case err != nil:
		return err
	case v == nil:
		return s.signIn(w, r, nil, wantLook)
	}
	home, err := s.view(r.Context(), v)
	if err != nil {
		return err
	}
	home.Notice = s.noticeIn(r.URL.Query(), v)
	s.Pages.Render(w, http.StatusOK, "account", home)
	return nil
}

func (s *Service) view(ctx context.Context, v *visitor) (Home, error) {
	items, err := s.Factors.Items(ctx, v.user.ID)
	if err != nil {
		return Home{}, err
	}
	sessions, err := s.Sessions.Of(ctx, v.user.ID)
	if err != nil {
		return Home{}, err
	}
	clients, err := s.clients(ctx, v.user.ID)
	if err != nil {
		return Home{}, err
	}
	err = s.mayChange(ctx, v)
	if err != nil && !errors.Is(err, factor.ErrWeak) {
		return Home{}, err
	}
	home := Home{User: v.user.Name, Token: s.token(v), TokenField: page.TokenField, Weak: err != nil, Sections: s.sections(items), Clients: clients}
	for i, one := range sessions {
		home.Sessions = append(home.Sessions, Session{
			N: i + 1, Key: one.Key, This: one.Key == v.session.Key,
			Browser: browserOf(one.Place.UserAgent), Address: one.Place.Address, Began: fact("Signed in", one.StartedAt),
		})
	}
	return home, nil
}

// sections are the kinds of factors with what the user has of each. One that the user
// neither has nor can add is left out.
func (s *Service) sections(items []factor.Item) []Section {
	var all []Section
	n := 0
	for _, k := range kinds() {
		section := Section{ID: k.section, Title: k.title}
		for _, i := range items {
			if i.Kind == k.factor {
				n++
				section.Items = append(section.Items, Item{N: n, ID: i.ID, Name: nameOf(i, k), Facts: factsOf(i), Named: k.named, Last: i.Last})
			}
		}
		if s.offers(k) && len(section.Items) < factor.MaxOfKind {
			section.Factor, section.Add = k.name, k.add
			if len(section.Items) > 0 {
				section.Add = k.more
			}
		}
		if len(section.Items) > 0 || section.Add != "" {
			all = append(all, section)
		}
	}
	return all
}

// nameOf is the name of an item: the user's, or that of its kind.
func nameOf(i factor.Item, k kind) string { return cmp.Or(i.Name, k.title) }

// factsOf is what is told of an item, a line each.
func factsOf(i factor.Item) []Fact {
	var facts []Fact
	switch i.Kind {
	case factor.Passkey:
		facts = append(facts, Fact{Text: map[bool]string{true: "Synced between devices", false: "On one device only"}[i.Synced]})
	case factor.Recovery:
		facts = append(facts, Fact{Text: fmt.Sprintf("%d left", i.Left)})
	}
	if !i.AddedAt.IsZero() {
		verb := "Added"
		if i.Kind == factor.Password {
			verb = "Changed"
		}
		facts = append(facts, fact(verb, i.AddedAt))
	}
	switch {
	case !i.UsedAt.IsZero():
		facts = append(facts, fact("Last used", i.UsedAt))
	case !i.AddedAt.IsZero():
		facts = append(facts, Fact{Text: "Not used yet"})
	}
	return facts
}
