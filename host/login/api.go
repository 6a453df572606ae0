package login

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Request begins a login.
type Request struct {
	// For names who finishes the login, as Flow.Finishers knows them.
	For     string
	Journey string
	Client  string // the client's name, for the page
	About   page.About
	Request abi.Request
	RawACR  string // acr_values as sent
	// Prompt none is not interactive: nothing is shown.
	Interactive bool
	// IgnoreEvidence makes the session's evidence not count (prompt=login, max_age=0).
	IgnoreEvidence bool
	// Accepts says whether a user will do; nil: anybody. Another one's session does not
	// count (OpenID Connect Core 3.1.2.1, id_token_hint).
	Accepts func(userID string) bool
	// MaxAge makes evidence older than this not count; nil: no limit.
	MaxAge *time.Duration
	// RedirectOrigin is where the browser goes in the end: Chromium checks
	// form-action of the Content-Security-Policy against redirects too.
	RedirectOrigin string
	// Resume is the caller's own, handed back in Finished. It is stored: no secrets.
	Resume json.RawMessage
}

// Finished is a run that ended, with what the caller said at its start.
type Finished struct {
	Run        *journey.Run
	Resume     json.RawMessage
	HadSession bool   // the run began in an SSO session of which something still counted
	SessionKey string // the store key of the SSO session after a success, else empty
	SessionID  string // that of session.Session; empty without a session
	AuthTime   time.Time
	AMR        []string
}

// Response is where the browser goes with the answer. Package page writes it.
type Response = page.Response

// Finisher turns a finished run into the answer to whoever began it. It is called at
// most once for each run. An error ends in a page, never in a redirect.
type Finisher interface {
	Finish(ctx context.Context, f Finished) (Response, error)
}

// ErrReleaseGone is what Journeys answers for a run whose release is not known
// any more. The run can't go on.
var ErrReleaseGone = errors.New("the run's release is gone")

// Journeys runs journeys. A run that comes back without an error either waits, at
// a prompt or a redirect, or has ended; what goes wrong in a step is the
// journey's affair and no error here.
type Journeys interface {
	Start(ctx context.Context, req journey.StartRequest) (*journey.Run, error)
	// Advance hands the answer to the step that prompted and goes on. After an
	// error the run is not to be used.
	Advance(ctx context.Context, run *journey.Run, answer *journey.Answer) error
	// Title is the title of the run's journey, for the page.
	Title(run *journey.Run) string
}

// Users finds the user that a session belongs to.
type Users interface {
	// Subject is the user as steps see them; store.ErrNotFound for one who does not
	// exist or may not sign in.
	Subject(ctx context.Context, userID string) (*abi.Subject, error)
}
