package step_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

// asker reports what the context says of the call.
type asker struct{}

func (asker) Run(ctx *step.Context) step.Result {
	kept := "none"
	if err := ctx.ReadState(&kept); err != nil {
		return step.Fail("state", err.Error())
	}
	_, err := capability.IdentifyUser(ctx, "alice")
	ctx.Log(step.Warn, "asked")
	return step.Outcome("ok").WithVar("said", []any{
		ctx.Covered(), ctx.Covered("pwd"), ctx.Covered("pwd", "sms"),
		ctx.Proved("pwd", 0), ctx.Proved("pwd", step.Duration(time.Minute)), ctx.Proved("sms", 0),
		ctx.Retried(), kept, step.Status(err).String(),
	})
}

func newCall(t *testing.T) *steptest.Call {
	return steptest.New(t, step.Define[asker]("ask", step.Description{
		Outcomes: []string{"ok"}, Capabilities: []string{"user_identify"}, Writes: abi.Writes{Vars: []string{"said"}},
	}))
}

func TestContext(t *testing.T) {
	alice := steptest.Fake(func(q abi.UserIdentify) (abi.Status, abi.UserIdentified) {
		return abi.OK, abi.UserIdentified{Subject: abi.Subject{ID: "u1", Username: q.Username}}
	})
	elsewhere := func(in *abi.Input) { in.Call.Attempt, in.Journey.Path = 2, []string{"test", "other"} }
	tests := []struct {
		name string
		call *steptest.Call
		want []any
	}{
		{"first entry", newCall(t), []any{false, false, false, false, false, false, false, "none", "denied"}},
		{"evidence", newCall(t).Subject("u1", "alice").Evidence("pwd", time.Hour, "pwd"),
			[]any{false, true, false, true, false, false, false, "none", "denied"}},
		{"fresh evidence", newCall(t).Subject("u1", "alice").Evidence("pwd", time.Minute, "pwd").Evidence("sms", 0, "sms"),
			[]any{false, true, true, true, true, true, false, "none", "denied"}},
		{"a capability answers", newCall(t).Capability("user_identify", alice),
			[]any{false, false, false, false, false, false, false, "none", "ok"}},
		{"one of another type", newCall(t).Capability("user_identify", func([]byte) (abi.Status, []byte) { return abi.OK, []byte(`[]`) }),
			[]any{false, false, false, false, false, false, false, "none", "upstream fault"}},
		{"nothing at all", newCall(t).Capability("user_identify", func([]byte) (abi.Status, []byte) { return abi.OK, nil }),
			[]any{false, false, false, false, false, false, false, "none", "upstream fault"}},
		{"back at once, with state", newCall(t).Again().State(`"kept"`),
			[]any{false, false, false, false, false, false, true, "kept", "denied"}},
		{"back from elsewhere", newCall(t).Input(elsewhere).State(`null`),
			[]any{false, false, false, false, false, false, false, "none", "denied"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.call.Run().Vars["said"]); diff != "" {
				t.Errorf("context (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]steptest.Line{{Level: step.Warn, Text: "asked"}}, tt.call.Log()); diff != "" {
				t.Errorf("log (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBrokenState(t *testing.T) {
	if got := newCall(t).State(`{"not":"a text"}`).Run(); got.Error == nil || got.Error.Code != "state" {
		t.Errorf("got %+v", got)
	}
}
