package login_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/journey"
)

// claims makes a step claim too much.
func claims(r *rig, run *journey.Run, step string) {
	run.Violations = append(run.Violations, journey.Violation{Step: step, Use: "vendor/claim", Digest: "sha256:d", Message: "phr", At: r.clock.now()})
}

// violations are the events of the audit log, oldest first.
func violations(r *rig) []string {
	r.t.Helper()
	events, err := r.store.Events(r.t.Context(), 20)
	if err != nil {
		r.t.Fatal(err)
	}
	var all []string
	for _, e := range slices.Backward(events) {
		if e.Type == "grant.violation" {
			all = append(all, fmt.Sprint(e.UserID, " ", e.Details["step"], " ", e.Details["digest"], " ", e.Details["journey"], " ", e.Run != ""))
		}
	}
	return all
}

func wantViolations(r *rig, when string, want ...string) {
	r.t.Helper()
	if diff := cmp.Diff(want, violations(r)); diff != "" {
		r.t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

// TestViolationIsAuditedAtOnce: what a step claimed and must not is in the audit log while
// the user is still at a page, and may never come back; each once.
func TestViolationIsAuditedAtOnce(t *testing.T) {
	r := newRig(t)
	r.journeys.first = func(run *journey.Run) {
		claims(r, run, "first")
		run.Prompt = passwordPrompt()
	}
	b := r.browser()
	p := r.begin(b)
	first := " first sha256:d bank true"
	wantViolations(r, "begun, and abandoned", first)
	r.journeys.step = func(run *journey.Run, question string) { claims(r, run, question) }
	p = r.submit(b, p, "username", "alice", "password", "secret")
	second := "u_alice username sha256:d bank true"
	wantViolations(r, "at the second page", first, second)
	r.submit(b, p, "code", "123456")
	wantViolations(r, "at the end", first, second, "u_alice code sha256:d bank true")
}

// TestViolationIsAuditedWhoeverFinishes: also where the journey is over at once, and the
// login is not for a client, such as one to /account.
func TestViolationIsAuditedWhoeverFinishes(t *testing.T) {
	r := newRig(t)
	r.flow.Finishers["account"] = &finisher{mode: "query"}
	r.request.For = "account"
	r.journeys.first = func(run *journey.Run) {
		claims(r, run, "first")
		run.End = &journey.End{Terminal: journey.Failure, Code: "access_denied"}
	}
	r.get(r.browser(), "/start")
	wantViolations(r, "over at once", " first sha256:d bank true")
}

// TestViolationIsAuditedWithoutAnEnd: nor does it take a finisher that does its work.
func TestViolationIsAuditedWithoutAnEnd(t *testing.T) {
	r := newRig(t)
	r.finisher.fault = fmt.Errorf("no store")
	r.journeys.first = func(run *journey.Run) {
		claims(r, run, "first")
		run.End = &journey.End{Terminal: journey.Failure, Code: "access_denied"}
	}
	r.see(r.get(r.browser(), "/start"), http.StatusInternalServerError, "could not be finished")
	wantViolations(r, "not finished", " first sha256:d bank true")
}
