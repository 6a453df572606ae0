package selfservice

import (
	"errors"
	"net/http"

	"github.com/acrhost/acrhost/host/factor"
)

// Stopped is what the page account-stopped shows: a login that was not enough.
type Stopped struct {
	Title string
	Text  string
	Has   []string // what was verified
	Needs []string // any of these is missing
	Age   string   // how old it may be
}

// back is where a login comes back to. It never begins another one: a journey that
// does not verify enough must not send the browser round in circles.
func (s *Service) back(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visitor(r)
	if err != nil {
		return err
	}
	if v == nil {
		s.Pages.Render(w, http.StatusForbidden, "account-stopped", Stopped{
			Title: "You are not signed in", Text: "The sign-in was not finished, or it left no session.",
		})
		return nil
	}
	if r.URL.Query().Get("for") != wantChange {
		seeOther(w, Path)
		return nil
	}
	err = s.mayChange(r.Context(), v)
	switch {
	case err == nil:
		seeOther(w, s.done(v, signedIn))
		return nil
	case errors.Is(err, factor.ErrWeak):
		return s.showMissing(w, r, v)
	}
	return err
}

func (s *Service) showMissing(w http.ResponseWriter, r *http.Request, v *visitor) error {
	level, err := s.Factors.Needs(r.Context(), v.user.ID, v.evidence())
	if err != nil {
		return err
	}
	stopped := Stopped{
		Title: "More is needed to change your account",
		Text:  "This way of signing in does not verify enough of you. If there was a choice, choose another one; if there was none, ask the operator of this service.",
		Has:   wordsOf(level.Counting(v.evidence(), s.Now())), Age: inWords(level.MaxAge),
	}
	for _, set := range level.Requires {
		stopped.Needs = append(stopped.Needs, joined(wordsOf(set)))
	}
	s.Pages.Render(w, http.StatusForbidden, "account-stopped", stopped)
	return nil
}
