package login

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/acrhost/acrhost/host/page"
)

// show is where the run is now.
func (f *Flow) show(w http.ResponseWriter, r *http.Request) error {
	s, err := f.own(r)
	if err != nil {
		return err
	}
	if s, err = f.settled(r.Context(), s); err != nil {
		return err
	}
	switch {
	case s.Done != nil:
		f.Pages.Finished(w, r)
	case s.Run.Redirect != "":
		seeOther(w, s.Run.Redirect)
	case s.Run.Prompt == nil:
		return fmt.Errorf("run %s waits for nothing", s.id)
	default:
		f.Pages.Prompt(w, r, page.Prompt{
			Prompt:     s.Run.Prompt,
			Journey:    f.Journeys.Title(s.Run),
			Client:     s.Client,
			Action:     pathPrefix + s.id,
			Token:      f.formToken(s),
			FormTarget: s.FormTarget,
		})
	}
	return nil
}

// settled waits while another request runs the run's steps, for maxWait at most,
// and gives the state as it is then.
func (f *Flow) settled(ctx context.Context, s *state) (*state, error) {
	until := f.now().Add(maxWait)
	for s.Done == nil && s.busy(f.now()) && f.now().Before(until) {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(waitPause):
		}
		var err error
		if s, err = f.load(ctx, s.id); err != nil {
			return nil, err
		}
	}
	return s, nil
}
