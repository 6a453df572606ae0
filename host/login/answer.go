package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
)

// answer is what the browser gets when a run has ended.
type answer struct {
	Response Response `json:"response"`
	// Cookies are those of the new session and of the browser, none when no session
	// began.
	Cookies []*http.Cookie `json:"cookies,omitzero"`
}

// answerKind names sealed answers, so that no other sealed value opens as one.
const answerKind = "login answer"

// end finishes a claimed run and keeps the answer for a double submit. A host that
// dies between the two leaves a run whose last prompt can be answered once more:
// its first answer has reached nobody.
func (f *Flow) end(ctx context.Context, w http.ResponseWriter, r *http.Request, s *state) error {
	a, err := f.finish(ctx, r, s)
	if err == nil && s.Run.End.Terminal == journey.Success {
		f.finished(r, s)
	}
	var sealed []byte
	if err == nil {
		sealed, err = f.seal(s, a)
	}
	if err != nil {
		return finishFault(errors.Join(err, f.keep(ctx, s, nil)))
	}
	if err := f.keep(ctx, s, sealed); err != nil {
		// Not kept, so that somebody else may finish the run too: then this answer
		// must not be given.
		return finishFault(err)
	}
	if err := f.reply(w, r, s, a); err != nil {
		return finishFault(err)
	}
	return nil
}

// reply answers the browser for a run that has just ended: with its answer or, for who
// develops a step, first with what went wrong.
func (f *Flow) reply(w http.ResponseWriter, r *http.Request, s *state, a answer) error {
	if f.Failed == nil || !s.Run.Interactive || s.Run.End.Terminal == journey.Success {
		return f.send(w, r, a)
	}
	failed, ok := f.Failed(s.Run)
	if !ok {
		return f.send(w, r, a)
	}
	return f.Pages.StepFailed(w, failed, a.Response)
}

// keep marks a run as over. What it knew of the user is not kept: nobody goes on with it.
func (f *Flow) keep(ctx context.Context, s *state, sealed []byte) error {
	s.BusyUntil = time.Time{}
	s.Done = &done{At: f.now(), Answer: sealed}
	over := *s
	over.Resume = nil
	over.Run = &journey.Run{
		ID: s.Run.ID, Release: s.Run.Release, Journey: s.Run.Journey, StartedAt: s.Run.StartedAt, Deadline: s.Run.Deadline, End: s.Run.End,
	}
	err := f.save(ctx, &over)
	s.version = over.version
	return err
}

func (f *Flow) seal(s *state, a answer) ([]byte, error) {
	plain, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("keep the answer of run %s: %w", s.id, err)
	}
	return f.Sealer.Seal(answerKind, s.id, plain), nil
}

// replay answers a double submit of the last form as the first one was answered.
// Later, and when there is no answer to give again, it says that the run is over.
func (f *Flow) replay(w http.ResponseWriter, r *http.Request, s *state) error {
	if len(s.Done.Answer) == 0 || f.now().Sub(s.Done.At) > replayTime {
		f.Pages.Finished(w, r)
		return nil
	}
	plain, err := f.Sealer.Open(answerKind, s.id, s.Done.Answer)
	if err != nil {
		return finishFault(fmt.Errorf("answer of run %s: %w", s.id, err))
	}
	var a answer
	if err := store.Decode(plain, &a); err != nil {
		return finishFault(fmt.Errorf("answer of run %s: %w", s.id, err))
	}
	if err := f.send(w, r, a); err != nil {
		return finishFault(err)
	}
	return nil
}

// send answers the browser, at last.
func (f *Flow) send(w http.ResponseWriter, r *http.Request, a answer) error {
	for _, c := range a.Cookies {
		http.SetCookie(w, c)
	}
	return f.Pages.Respond(w, r, a.Response)
}
