package login

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/sdk/go/abi"
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
		f.leave(w, s.Run)
	case s.Run.Prompt == nil:
		return fmt.Errorf("run %s waits for nothing", s.id)
	default:
		return f.prompt(w, r, s)
	}
	return nil
}

// leave sends the browser to another provider, by a page in between: browsers hold
// redirects after a form, ours or the client's, to that form's form-action, and where
// the provider sends them on is not known here. Under prompt=none there is no page, and
// no form: the client may have us in a frame that nobody sees.
func (f *Flow) leave(w http.ResponseWriter, run *journey.Run) {
	if run.Interactive {
		f.Pages.Leave(w, run.Redirect)
		return
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	seeOther(w, run.Redirect)
}

// prompt shows the question that the run waits at.
func (f *Flow) prompt(w http.ResponseWriter, r *http.Request, s *state) error {
	filled, err := f.filled(r.Context(), s)
	if err != nil {
		return err
	}
	f.Pages.Prompt(w, r, page.Prompt{
		Prompt:     s.Run.Prompt,
		Journey:    f.Journeys.Title(s.Run),
		Client:     s.Client,
		About:      s.About,
		Action:     pathPrefix + s.id,
		Token:      f.formToken(s),
		FormTarget: s.FormTarget,
		Filled:     filled,
	})
	return nil
}

// filled is what the prompt's fields get from the host.
func (f *Flow) filled(ctx context.Context, s *state) (map[string]page.Filled, error) {
	all := map[string]page.Filled{}
	for _, field := range s.Run.Prompt.Fields {
		switch field.Type {
		case abi.PasskeyGet, abi.PasskeyCreate, abi.TOTPCreate, abi.RecoveryCodes:
			shown, err := f.Factors.Show(ctx, s.id, field.Type)
			if err != nil {
				return nil, fmt.Errorf("fill in %s: %w", field.Type, err)
			}
			all[field.Name] = page.Filled{Options: string(shown.Options), Secret: shown.Secret, URI: shown.URI, Codes: shown.Codes}
		}
	}
	return all, nil
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
