package capability_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

// using is a step that makes one capability call and gives back what came of it.
func using(name string) step.Type {
	return step.Define[user](name, step.Description{Outcomes: []string{"ok"}, Capabilities: []string{name}, Writes: abi.Writes{Vars: []string{"answer"}}})
}

type user struct{}

func (user) Run(ctx *step.Context) step.Result {
	answer, err := ask(ctx)
	if call, ok := errors.AsType[*step.CallError](err); ok && call.Capability != ctx.Call.Type {
		return step.Fail("name", "the error names "+call.Capability)
	}
	if err != nil {
		return step.Failed(err)
	}
	return step.Outcome("ok").WithVar("answer", answer)
}

func ask(ctx *step.Context) (any, error) {
	switch ctx.Call.Type {
	case "user_identify":
		return capability.IdentifyUser(ctx, "alice")
	case "password_verify":
		return capability.VerifyPassword(ctx, "alice", "tulip")
	case "password_set":
		return capability.SetPassword(ctx, "rose")
	case "otp_send":
		return capability.SendOTP(ctx, abi.OTPSend{Channel: "sms", Length: 8})
	case "otp_verify":
		return capability.VerifyOTP(ctx, "sms", "123456")
	}
	return capability.FetchHTTP(ctx, abi.HTTPFetch{URL: "https://risk.example/", Headers: map[string]string{"accept": "*/*"}})
}

func TestCapabilities(t *testing.T) {
	tests := []struct {
		name, request, answer string
	}{
		{"user_identify", `{"username":"alice"}`, `{"id":"u1","username":"alice","claims":{"a":1}}`},
		{"password_verify", `{"username":"alice","password":"tulip"}`, `{"ok":true}`},
		{"password_set", `{"password":"rose"}`, `{"ok":false,"reason":"too_short"}`},
		{"otp_send", `{"channel":"sms","length":8}`, `{"to":"+1•••••01"}`},
		{"otp_verify", `{"channel":"sms","code":"123456"}`, `{"ok":false,"retry_after":9}`},
		{"http_fetch", `{"url":"https://risk.example/","headers":{"accept":"*/*"}}`, `{"status":404,"headers":{"x":"y"},"body":"no"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var request []byte
			answer := tt.answer
			if tt.name == "user_identify" {
				answer = `{"subject":` + answer + `}`
			}
			got := steptest.New(t, using(tt.name)).Capability(tt.name, func(q []byte) (abi.Status, []byte) {
				request = q
				return abi.OK, []byte(answer)
			}).Run()
			if string(request) != tt.request {
				t.Errorf("request %s, want %s", request, tt.request)
			}
			var want any
			if err := json.Unmarshal([]byte(tt.answer), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.Vars["answer"]); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

// Every status but OK is an error that tells which.
func TestStatuses(t *testing.T) {
	for status, code := range map[abi.Status]string{
		abi.Denied: "denied", abi.BadRequest: "bad_request", abi.NotFound: "not_found",
		abi.UpstreamFault: "upstream_fault", abi.LimitReached: "limit_reached", abi.Status(99): "unknown_status",
	} {
		for _, name := range []string{"user_identify", "password_verify", "password_set", "otp_send", "otp_verify", "http_fetch"} {
			got := steptest.New(t, using(name)).Capability(name, steptest.Refuse(status)).Run()
			if got.Error == nil || got.Error.Code != code {
				t.Errorf("%s, %v: got %+v", name, status, got)
			}
		}
	}
}

// nowhere hands a call to what is linked, as the host of a plugin does. Outside of
// WebAssembly nothing is.
type nowhere struct{}

func (nowhere) Log(step.Level, string) {}
func (nowhere) Call(_ string, linked step.Import, request []byte) (abi.Status, []byte) {
	return linked(request)
}

func TestNothingLinked(t *testing.T) {
	for _, name := range []string{"user_identify", "password_verify", "password_set", "otp_send", "otp_verify", "http_fetch"} {
		output, err := step.Module{Steps: []step.Type{using(name)}}.Answer(nowhere{}, []byte(`{"call":{"type":"`+name+`"}}`))
		if want := `{"error":{"code":"denied","message":"` + name + `: denied"}}`; err != nil || string(output) != want {
			t.Errorf("%s: %s, %v, want %s", name, output, err, want)
		}
	}
}
