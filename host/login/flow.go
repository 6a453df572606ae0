package login

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/ratelimit"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/settle"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/throttle"
	"github.com/acrhost/acrhost/host/upstream"
)

// How long things take.
const (
	// lease is how long a request may hold a run. A host that dies with a run in
	// its hands leaves it free again after that time, at the prompt before.
	lease = time.Minute
	// holdTime bounds all work on a claimed run, stepTime the steps alone: both end
	// well before somebody else may claim it.
	holdTime = lease - 10*time.Second
	stepTime = lease - 20*time.Second
	// maxWait bounds how long a second submit waits for the first.
	maxWait   = 10 * time.Second
	waitPause = 20 * time.Millisecond
	// replayTime is how long a double submit of the last form gets the answer again.
	replayTime = time.Minute
	// GraceTime is how long a run is kept past its deadline, so that who comes late
	// is told so by the journey, and the client gets an answer.
	GraceTime = 5 * time.Minute
)

// Flow drives runs. All fields are required but Now and Log. It is safe for
// concurrent use.
type Flow struct {
	Journeys Journeys
	Users    Users
	Store    store.Artifacts
	Audit    store.Audit
	Sessions *session.Store
	Throttle *throttle.Throttle // learns in which browsers users signed in
	Pages    *page.Pages
	// Finishers are those who begin logins, by the name that their requests give.
	Finishers map[string]Finisher
	Factors   *factor.Service
	Upstream  *upstream.Waiting
	Sealer    *store.Sealer
	// Begun bounds the logins that one address begins and does not finish; nil: nothing does.
	Begun  *ratelimit.Limiter
	Secure bool // cookies on https only
	// Failed says what went wrong in a run that did not succeed, if it is to be shown; nil,
	// as it must be for real users: it is not.
	Failed func(run *journey.Run) (page.StepFailed, bool)
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: nothing is logged
}

func (f *Flow) now() time.Time {
	if f.Now == nil {
		return time.Now()
	}
	return f.Now()
}

func (f *Flow) log() *slog.Logger {
	if f.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return f.Log
}

// Routes adds the pages of a run. To look at a run changes nothing; only a post
// does, and another provider's answer, which OAuth brings by a get: its state stands
// in for the form's token.
func (f *Flow) Routes(r chi.Router) {
	show := f.page(f.show)
	r.Get(pathPrefix+"{run}", show)
	r.Head(pathPrefix+"{run}", show)
	r.Post(pathPrefix+"{run}", settle.Handler(f.page(f.submit), f.showFault))
	r.Get(upstream.CallbackPath+"{provider}", f.page(f.callback))
}

// pathPrefix is where runs are, before the run's id.
const pathPrefix = "/login/"

// seeRun sends the browser to the run's current page.
func seeRun(w http.ResponseWriter, runID string) {
	seeOther(w, pathPrefix+runID)
}

// seeOther is always a 303, so that what was posted here is not posted there.
func seeOther(w http.ResponseWriter, location string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", location)
	w.WriteHeader(http.StatusSeeOther)
}

// page makes the faults of a handler pages. A handler that returns an error has
// written nothing.
func (f *Flow) page(h func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		switch {
		case err == nil:
		case errors.Is(err, context.Canceled) && r.Context().Err() != nil:
			// Nobody is there to read a page.
			f.log().DebugContext(r.Context(), "browser went away", "path", r.URL.Path, "error", err)
		default:
			f.showFault(w, r, err)
		}
	}
}

func (f *Flow) showFault(w http.ResponseWriter, r *http.Request, err error) {
	var shown *fault
	if !errors.As(err, &shown) {
		shown = hostFault(err)
	}
	level := slog.LevelInfo
	if shown.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	f.log().Log(r.Context(), level, "login page refused", "path", r.URL.Path, "status", shown.status, "error", err)
	f.Pages.Fault(w, r, page.Fault{Status: shown.status, Title: shown.title, Advice: shown.advice})
}
