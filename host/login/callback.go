package login

import (
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/upstream"
)

// callback takes what another provider sent the browser back with. The state says which
// run it is for, and the browser must be the one that the run is bound to: else an
// attacker could have a victim end a login that the attacker began (login CSRF), or end
// a victim's. The answer is kept for the host's own check: no step sees the code.
func (f *Flow) callback(w http.ResponseWriter, r *http.Request) error {
	id, answer, sent, err := f.brought(r)
	if err != nil {
		return err
	}
	s, err := f.ownRun(r, id)
	if err != nil {
		return err
	}
	s, claimed, err := f.claim(r.Context(), s, func(s *state) bool { return s.Run.Redirect != "" })
	if err != nil {
		return err
	}
	if !claimed { // a second load of this address runs nothing
		seeRun(w, s.id)
		return nil
	}
	err = f.Upstream.Bring(r.Context(), s.id, sent, answer)
	if errors.Is(err, store.ErrNotFound) {
		return f.letGo(r, s, notHere(errors.New("the run waits for another answer")))
	}
	if err != nil {
		return f.letGo(r, s, err)
	}
	return f.advance(w, r, s, journey.Answer{From: f.from(r)})
}

// letGo frees a run that was claimed in vain.
func (f *Flow) letGo(r *http.Request, s *state, cause error) error {
	s.BusyUntil = time.Time{}
	if err := f.save(r.Context(), s); err != nil && !errors.Is(err, store.ErrConflict) {
		return errors.Join(cause, err)
	}
	return cause
}

// brought reads the request and finds the run that it is for.
func (f *Flow) brought(r *http.Request) (run string, _ upstream.Answer, state string, _ error) {
	state, answer, err := upstream.ReadAnswer(r.URL.Query())
	if err != nil {
		return "", answer, "", notHere(err)
	}
	run, err = f.Upstream.Find(r.Context(), chi.URLParam(r, "provider"), state)
	if errors.Is(err, store.ErrNotFound) {
		return "", answer, "", notHere(errors.New("nobody sent this state to this provider"))
	}
	return run, answer, state, err
}
