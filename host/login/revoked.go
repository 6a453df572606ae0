package login

import (
	"context"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/journey"
)

// refuseRevoked ends a run that rests on a module that the operator has revoked. To serve
// the module all the same is a mistake, which the client sees as one: server_error. It is
// looked at before steps run, since they may act on what the module said, and after.
func (f *Flow) refuseRevoked(ctx context.Context, run *journey.Run) error {
	if run.End != nil && run.End.Terminal != journey.Success {
		return nil
	}
	m, err := f.Sessions.Revoked(ctx, run.RestsOn())
	if err != nil || m == nil {
		return err
	}
	run.Prompt, run.Redirect = nil, ""
	run.End = &journey.End{
		Terminal: journey.ErrorPrefix + "server_error", Code: "server_error",
		Reason: fmt.Sprintf("the login rests on the module %s, which was revoked at %s; install another build, or take the revocation back: acrhost grants allow %s",
			m.Digest, m.At.UTC().Format(time.RFC3339), m.Digest),
	}
	f.log().WarnContext(ctx, "login refused", "run", run.ID, "journey", run.Journey, "reason", run.End.Reason)
	return nil
}
