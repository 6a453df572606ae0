package journey

import (
	"fmt"
	"strings"

	"github.com/acrhost/acrhost/host/acr"
)

// The OAuth errors that the engine itself ends a run with (RFC 6749 4.1.2.1,
// OpenID Connect Core 3.1.2.6).
const (
	accessDenied        = "access_denied"
	serverError         = "server_error"
	unavailable         = "temporarily_unavailable"
	interactionRequired = "interaction_required"
)

// consentGive is the capability of steps that ask for the user's consent.
const consentGive = "consent_give"

// finish ends the journey that the run is in. The end of a sub-journey is an
// outcome of the step that ran it; an @error:CODE, which is for the client, ends
// the whole run.
func (c *course) finish(terminal, reason string) {
	top := len(c.run.Stack) - 1
	if top == 0 || terminal != Success && terminal != Failure {
		if terminal == Success && (c.outlived() || c.aged()) {
			return
		}
		if terminal == Success && c.disobeyed() {
			terminal, reason = Failure, "a login at another provider is older than the client asked for"
		}
		c.end(terminal, reason)
		return
	}
	c.run.Stack = c.run.Stack[:top]
	outcome := SubSuccess
	if terminal == Failure {
		outcome = SubFailure
	}
	target, ok := c.current().next(outcome)
	if !ok {
		c.serverError(fmt.Sprintf("step %q has no edge for %q", c.frame().Step, outcome))
		return
	}
	c.goTo(target, reason)
}

func (c *course) serverError(reason string) { c.end(ErrorPrefix+serverError, reason) }

// end ends the run. Success is looked at once more: a login without a person,
// without evidence, or with an acr that its level does not allow is none.
func (c *course) end(terminal, reason string) {
	if terminal == Success {
		if why := c.unfounded(); why != "" {
			terminal, reason = ErrorPrefix+serverError, why
		} else {
			reason = ""
		}
	}
	c.run.End = &End{Terminal: terminal, Code: codeOf(terminal), Reason: reason, Refused: terminal == Failure && c.refused}
}

func codeOf(terminal string) string {
	switch terminal {
	case Success:
		return ""
	case Failure:
		return accessDenied
	}
	return strings.TrimPrefix(terminal, ErrorPrefix)
}

// unfounded says why a success is none, or nothing.
func (c *course) unfounded() string {
	run := c.run
	switch {
	case run.Subject == nil:
		return "the journey succeeded and nobody was identified"
	case len(run.Evid) == 0 && !c.release.journeys[run.Journey].InsecureAllowNoEvidence:
		return "the journey succeeded and nothing about the user was verified"
	case run.ACR == nil:
		return ""
	}
	// Evidence may have grown too old since the step that set the value.
	if err := c.engine.Levels.Supports(*run.ACR, facts(run.Evid), c.engine.now()); err != nil {
		return "at the end: " + err.Error()
	}
	return ""
}

// facts is the evidence as the rules of acr take it.
func facts(evidence []Evidence) []acr.Evidence {
	all := make([]acr.Evidence, len(evidence))
	for i, e := range evidence {
		all[i] = acr.Evidence{AMR: e.AMR, At: e.At}
	}
	return all
}
