package login

import (
	"context"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
)

// auditViolations keeps what steps claimed and must not, of which the first were kept
// before. It does so as soon as the steps have run: the journey may go on, and the user may
// stay away for good.
func (f *Flow) auditViolations(ctx context.Context, run *journey.Run, kept int) {
	for _, v := range run.Violations[kept:] {
		e := store.Event{
			At: v.At, Type: "grant.violation", Client: run.Request.ClientID, Run: run.ID,
			Details: map[string]any{"journey": run.Journey, "step": v.Step, "use": v.Use, "digest": v.Digest, "message": v.Message},
		}
		if run.Subject != nil {
			e.UserID = run.Subject.ID
		}
		if err := f.Audit.AddEvent(ctx, e); err != nil {
			f.log().ErrorContext(ctx, "audit event not kept", "type", e.Type, "run", run.ID, "error", err)
		}
	}
}
