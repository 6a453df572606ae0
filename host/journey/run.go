package journey

import (
	"context"
	"encoding/json"
	"net/netip"
	"time"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Stepper runs one step. A plugin's step satisfies it; so does a test's function.
type Stepper interface {
	Run(ctx context.Context, c Call) (Output, error)
}

// Call is one call of a step.
type Call struct {
	Use   string // plugin/type
	Input abi.Input
	From  From
	// Anew are the upstream providers that must sign the user in anew: what they said
	// before is too old. It is for the host's capabilities.
	Anew []string
}

// From is where the browser's request came from that led to a call. It is for the
// host alone: no step sees it, and no run keeps it.
type From struct {
	Address netip.Addr // invalid: not known
	// Device is the key of the browser's device cookie, empty without one.
	Device string
}

// Output is what one call of a step came to: what the plugin said, after every
// check against its grant, and what the host itself saw happen in that call.
type Output struct {
	abi.Output
	Digest string // of the module that answered
	// Undeclared are the capabilities that the step called and does not declare. They were
	// denied; that it tried counts also when the call failed.
	Undeclared []string

	// What capabilities of this call did. It counts only when the call succeeded.
	Evidence []Evidence
	Subject  *abi.Subject            // who was identified or authenticated, nil: unchanged
	Upstream map[string]abi.Upstream // claims that were fetched
	// Consented: the user allowed the client what it asks for.
	Consented bool
}

// StepError is how a step failed. The class is one of the ABI's error classes;
// the code is the guest's own when it answered with an error document, else the
// class.
type StepError struct {
	Class   string
	Code    string
	Message string
	// Busy says that the host had no time for what the step asked of it: no fault of the
	// step's.
	Busy bool
	// stale is set when a level found the evidence good but too old: which of it. The
	// evidence is the run's with that of the failed call.
	stale    func(Evidence) bool
	evidence []Evidence
}

func (e *StepError) Error() string { return e.Class + ": " + e.Message }

// Evidence is one thing that the host verified.
type Evidence struct {
	Method string    `json:"method"`
	AMR    []string  `json:"amr"`
	At     time.Time `json:"at"`
	Step   string    `json:"step"`
	Digest string    `json:"digest"` // of the module in whose call it happened
	// Asserted says that a granted module claims it, and the host saw nothing.
	Asserted bool `json:"asserted,omitzero"`
	// Session says that it comes from an earlier login in this session.
	Session bool `json:"session,omitzero"`
	// Upstream is what another provider said with it; nil: none did. It lives as long as
	// the evidence, so that a later run in the session has it too.
	Upstream *Brought `json:"upstream,omitzero"`
}

// Brought is what came with a login at another provider.
type Brought struct {
	abi.Upstream
	Provider string `json:"provider"`
	// Static: the amr is that of the provider's configuration, and gives way to amr that
	// a step sets. It is evidence all the same.
	Static bool `json:"static,omitzero"`
}

// ACRSet is one entry of a run's acr trail: every set is kept, the last wins.
type ACRSet struct {
	Value  string    `json:"value"`
	Step   string    `json:"step"`
	Use    string    `json:"use"`
	Digest string    `json:"digest"`
	At     time.Time `json:"at"`
	Input  ACRInput  `json:"input"`
}

// ACRInput is what of a step's input speaks about a value that it set.
type ACRInput struct {
	Call      string   `json:"call"`               // the call's id, as the host's log has it
	Requested []string `json:"requested,omitzero"` // as the step saw it
	AMR       []string `json:"amr,omitzero"`       // of the evidence, this call's included
	// Config is the step's configuration, expressions evaluated; left out when it is
	// longer than MaxTrailConfig.
	Config json.RawMessage `json:"config,omitzero"`
	// Seen are the parts of the input document that the step type's manifest says it reads,
	// as they were before the call.
	Seen Seen `json:"seen,omitzero"`
}

// MaxTrailConfig bounds the configuration that a trail keeps, in bytes.
const MaxTrailConfig = 1 << 10

// Violation is a claim that was refused.
type Violation struct {
	Step    string    `json:"step"`
	Use     string    `json:"use"`
	Digest  string    `json:"digest"`
	Message string    `json:"message"`
	At      time.Time `json:"at"`
}

// MaxViolations bounds how many a run keeps.
const MaxViolations = 10

// Run is one login on its way through a journey. It is a value: whoever drives
// the engine stores it and hands it back. Its JSON form is what is stored.
type Run struct {
	ID        string      `json:"id"`
	Release   string      `json:"release"` // of the journeys and plugins it began on
	Journey   string      `json:"journey"` // the outermost one
	StartedAt time.Time   `json:"started_at"`
	Deadline  time.Time   `json:"deadline"`
	Request   abi.Request `json:"request"`
	// RawACR is the acr request as it was sent, before it was split.
	RawACR      string     `json:"raw_acr,omitzero"`
	Interactive bool       `json:"interactive"`
	Device      abi.Device `json:"device"`
	Session     Session    `json:"session"`

	Stack   []Frame                 `json:"stack"` // the last is where the run is
	Path    []string                `json:"path"`
	Vars    map[string]any          `json:"vars"`
	ACR     *string                 `json:"acr"` // as last set by a step
	Trail   []ACRSet                `json:"trail"`
	Subject *abi.Subject            `json:"subject"`
	Evid    []Evidence              `json:"evidence"`
	Claims  map[string]any          `json:"claims"`
	AMR     []string                `json:"amr"` // that granted plugins added
	Up      map[string]abi.Upstream `json:"upstream"`
	Calls   int                     `json:"calls"` // made so far

	// Modules are the digests of those that were called, each once, in the order of their
	// first call.
	Modules []string `json:"modules,omitzero"`
	// Anew are the providers at which a login that is there already is too old.
	Anew []string `json:"anew,omitzero"`

	// Violations are what steps claimed outside their grant, or without the evidence for it,
	// whatever the journey made of that; the first MaxViolations.
	Violations []Violation `json:"violations,omitzero"`

	Consented bool `json:"consented,omitzero"` // the user allowed the client what it asks for

	// Where it waits: exactly one of these is set once Advance returned.
	Prompt   *abi.Prompt `json:"prompt,omitzero"`
	Redirect string      `json:"redirect,omitzero"`
	End      *End        `json:"end,omitzero"`
}

// Session is what expressions may know of the SSO session that the run began in.
type Session struct {
	Present   bool      `json:"present"`
	StartedAt time.Time `json:"started_at,omitzero"`
}

// Frame is one journey in progress: the outermost, or a sub-journey.
type Frame struct {
	Journey string          `json:"journey"`
	Step    string          `json:"step"`
	Visits  map[string]int  `json:"visits"`
	State   json.RawMessage `json:"state,omitzero"` // of the step that prompted
	// Deadline is a sub-journey's own; zero for the outermost, whose is the run's.
	Deadline time.Time `json:"deadline,omitzero"`
}

// End is how a run ended.
type End struct {
	// Terminal is Success, Failure or an @error:CODE.
	Terminal string `json:"terminal"`
	// Code is the OAuth error for the client, empty at Success: access_denied,
	// server_error, interaction_required or the code of @error:CODE.
	Code string `json:"code,omitzero"`
	// Reason says why, for the log and the page. It never reaches the client.
	Reason string `json:"reason,omitzero"`
	// Refused says of a Failure that somebody said no, by the outcome denied or cancelled
	// of the last step; otherwise the login did not get where it was to go.
	Refused bool `json:"refused,omitzero"`
	// Consent says of an interaction_required that the step which had to ask is one that asks
	// for consent.
	Consent bool `json:"consent,omitzero"`
}

// Answer is what the user sent to a prompt, or came back with from a redirect.
type Answer struct {
	Form   map[string]string
	Action string
	From   From
}
