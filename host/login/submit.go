package login

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/acrhost/acrhost/host/form"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
)

// submit takes a form. The form of the current prompt moves the run on, once; any
// other form that was ours runs nothing and leads to where the run is.
func (f *Flow) submit(w http.ResponseWriter, r *http.Request) error {
	if !form.SameOrigin(r) {
		return forged(errors.New("posted from another origin"))
	}
	s, err := f.own(r)
	if err != nil {
		return err
	}
	sent, err := readForm(w, r)
	if err != nil {
		return err
	}
	sequence, ok := f.sequenceOf(s, sent.token)
	if !ok {
		return forged(errors.New("no form token, or not this run's"))
	}
	s, claimed, err := f.claim(r.Context(), s, func(s *state) bool { return s.Sequence == sequence && s.Run.Prompt != nil })
	switch {
	case err != nil:
		return err
	case claimed:
		sent.answer.From = f.from(r)
		return f.advance(w, r, s, sent.answer)
	case s.Done != nil && s.Sequence == sequence:
		return f.replay(w, r, s)
	}
	seeRun(w, s.id)
	return nil
}

// claim takes the run for this request alone, so that no step runs twice. It is
// not claimed when it does not wait for what the request brings, when the run is
// over, or when somebody else holds it for longer than one can wait.
func (f *Flow) claim(ctx context.Context, s *state, waits func(*state) bool) (*state, bool, error) {
	for {
		var err error
		if s, err = f.settled(ctx, s); err != nil {
			return nil, false, err
		}
		if s.Done != nil || !waits(s) || s.busy(f.now()) {
			return s, false, nil
		}
		s.BusyUntil = f.now().Add(lease)
		if err = f.save(ctx, s); err == nil {
			return s, true, nil
		}
		if !errors.Is(err, store.ErrConflict) {
			return nil, false, err
		}
		if s, err = f.load(ctx, s.id); err != nil {
			return nil, false, err
		}
	}
}

// advance runs the steps that follow an answer. It goes on when the browser goes
// away: a double click cancels the first request, and the second one waits for
// what came of it.
func (f *Flow) advance(w http.ResponseWriter, r *http.Request, s *state, answer journey.Answer) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), holdTime)
	defer cancel()
	if err := f.step(ctx, r, s.Run, answer); err != nil {
		return f.giveUp(ctx, s, err)
	}
	if s.Run.End != nil {
		return f.end(ctx, w, r, s)
	}
	s.Sequence++
	s.BusyUntil = time.Time{}
	if err := f.save(ctx, s); err != nil && !errors.Is(err, store.ErrConflict) {
		return err
	}
	seeRun(w, s.id)
	return nil
}

// step runs the steps, unless the session is gone that the run lives on: they may do
// things by its evidence alone, such as adding a factor.
func (f *Flow) step(ctx context.Context, r *http.Request, run *journey.Run, answer journey.Answer) error {
	current, err := f.Sessions.Lookup(r.WithContext(ctx))
	if err != nil {
		return err
	}
	ok, err := f.stands(ctx, run, current)
	if err != nil {
		return err
	}
	if !ok {
		run.Prompt, run.Redirect, run.End = nil, "", sessionEnded()
		return nil
	}
	if err := f.refuseRevoked(ctx, run); err != nil || run.End != nil {
		return err
	}
	steps, cancel := context.WithTimeout(ctx, stepTime)
	defer cancel()
	kept := len(run.Violations)
	if err := f.Journeys.Advance(steps, run, &answer); err != nil {
		return err
	}
	f.auditViolations(ctx, run, kept)
	return f.refuseRevoked(ctx, run)
}

// giveUp lets go of a run that could not be moved on. What is stored is still the
// run as it was before: its prompt can be answered again.
func (f *Flow) giveUp(ctx context.Context, s *state, cause error) error {
	if errors.Is(cause, ErrReleaseGone) {
		if _, err := f.Store.Take(ctx, store.Run, s.id); err != nil {
			cause = errors.Join(cause, err)
		}
		return releaseGone(cause)
	}
	before, err := f.load(ctx, s.id)
	if err == nil && before.version == s.version {
		before.BusyUntil = time.Time{}
		err = f.save(ctx, before)
	}
	return hostFault(errors.Join(cause, err))
}
