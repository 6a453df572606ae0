package capability

import (
	"context"
	"errors"
	"net/netip"
	"slices"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/consent"
	"github.com/acrhost/acrhost/host/fetchrule"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// CallInfo says on whose behalf a guest asks. It comes from the host, never from
// the guest.
type CallInfo struct {
	Run     string // the run's id
	Journey string
	Step    string // the step's name in the journey
	Digest  string // of the module
	Client  string // the relying party's id
	// Subject is who the run is about, nil when nobody was identified yet.
	Subject *abi.Subject
	// Evidence is what counts of what was verified of the subject, in this run and in
	// its session.
	Evidence []abi.Evidence
	// Address is the browser's, and Device the key of its device cookie, empty without
	// one. The guest is told neither: attempts are counted by them.
	Address netip.Addr
	Device  string
	// Anew are the upstream providers that must sign the user in anew.
	Anew []string
	// Asked is what the client asks the user for; AsksAnew says that an earlier consent to
	// it does not count, nor whose client it is: for prompt=consent.
	Asked    consent.Asked
	AsksAnew bool
	// Login and MaxAge (seconds; nil: none) are what the client asked of every login: a new
	// one, or one no older than this. A step can ask an upstream provider for more, not less.
	Login  bool
	MaxAge *int64
	// Interactive is false under prompt=none: nothing may reach the user.
	Interactive bool
	// Granted says whether the operator granted a capability; nil: none.
	Granted func(capability string) bool
	// Rules narrow the granted capabilities, by name.
	Rules map[string][]config.CapRule
	// Fetches are where the step type's manifest says that it sends requests; none: it does
	// not say, and the rules decide alone.
	Fetches []fetchrule.Want
	// Configured are the texts to which a JSON Pointer leads in the configuration that the
	// step was given in this call; nil: none.
	Configured func(pointer string) []string
}

// Call answers the requests of one call of a guest and collects what came of
// them. It is for that one call, and for one goroutine. It satisfies plugin.Host.
type Call struct {
	set      *Set
	info     CallInfo
	subject  *abi.Subject // who was identified or authenticated in this call
	evidence []journey.Evidence

	consented bool
	busy      bool // there was no time for a request
	redirects []string
	upstream  map[string]abi.Upstream
}

// Call begins a guest's call.
func (s *Set) Call(info CallInfo) *Call { return &Call{set: s, info: info} }

// Call answers one request. Nothing but the status says why a request failed.
func (c *Call) Call(ctx context.Context, name string, request []byte) (abi.Status, []byte) {
	answer, err := c.answer(ctx, name, request)
	if err == nil {
		return abi.OK, answer
	}
	log := c.set.Log.With("capability", name, "run", c.info.Run, "step", c.info.Step)
	if refused, ok := errors.AsType[*refusal](err); ok {
		log.DebugContext(ctx, "capability call refused", "status", refused.status, "reason", refused.reason)
		return refused.status, refused.answer
	}
	c.busy = c.busy || store.Busy(err)
	log.ErrorContext(ctx, "capability call failed", "error", err)
	return abi.UpstreamFault, nil
}

func (c *Call) answer(ctx context.Context, name string, request []byte) ([]byte, error) {
	handle, ok := c.set.table[name]
	if !ok || c.info.Granted == nil || !c.info.Granted(name) {
		return nil, denied("not granted")
	}
	if err := c.set.contract.check(name, request); err != nil {
		return nil, err
	}
	if slices.Contains(c.set.untimed, name) {
		// It may tell others, such as by a message: not what a crash could take back.
		var err error
		if ctx, err = store.Apart(ctx); err != nil {
			return nil, err
		}
	}
	return handle(ctx, c, request)
}

// Evidence is what this call verified, oldest first. It is all about the person
// that Subject names, or about the run's when Subject is nil.
func (c *Call) Evidence() []journey.Evidence { return c.evidence }

// Subject is who this call identified or authenticated, nil when the run's
// subject is as it was.
func (c *Call) Subject() *abi.Subject { return c.subject }

// Busy says that the host had no time for a request of this call: what the guest made of
// that is not its own fault.
func (c *Call) Busy() bool { return c.busy }

// Redirects are the URLs to which this call lets the step send the browser.
func (c *Call) Redirects() []string { return c.redirects }

// current is who the run is about at this moment, or nil.
func (c *Call) current() *abi.Subject {
	if c.subject != nil {
		return c.subject
	}
	return c.info.Subject
}

// become makes a user the subject. Evidence of this call that is about somebody
// else is dropped: a guest must not verify one user's password and then name
// another.
func (c *Call) become(u store.User) {
	if before := c.current(); before != nil && before.ID != u.ID {
		c.evidence, c.consented, c.upstream = nil, false, nil
	}
	c.subject = &abi.Subject{ID: u.ID, Username: u.Name, Claims: c.set.Accounts.Claims(u)}
}

// prove records that the subject was verified just now.
func (c *Call) prove(method string, amr ...string) {
	c.evidence = append(c.evidence, journey.Evidence{
		Method: method,
		AMR:    amr, // RFC 8176
		At:     c.set.Now().UTC(),
		Step:   c.info.Step,
		Digest: c.info.Digest,
	})
}

// audit keeps an event about a user. A log that cannot be written to is reported,
// and does not stop the login.
func (c *Call) audit(ctx context.Context, event, userID string, details map[string]any) {
	details["journey"], details["step"] = c.info.Journey, c.info.Step
	err := c.set.Audit.AddEvent(ctx, store.Event{
		At: c.set.Now().UTC(), Type: event, UserID: userID,
		Client: c.info.Client, Run: c.info.Run, Details: details,
	})
	if err != nil {
		c.set.Log.ErrorContext(ctx, "audit event lost", "event", event, "run", c.info.Run, "error", err)
	}
}
