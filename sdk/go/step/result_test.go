package step_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// fixed answers what it is made with, whatever it is asked.
type fixed struct{}

func (fixed) Run(ctx *step.Context) step.Result { return results()[ctx.Call.Step] }

func results() map[string]step.Result {
	ok := step.Outcome("ok").WithVar("a", 1)
	return map[string]step.Result{
		"outcome":  step.Outcome("ok"),
		"acr":      step.Outcome("ok").WithACR("2.0"),
		"object":   step.Outcome("ok").WithACR(map[string]any{"b": 1, "a": "x"}),
		"vars":     ok.WithVar("b", []int{2}),
		"kept":     ok, // a result that another was made of
		"prompt":   step.Ask(abi.Prompt{Title: "T"}).WithState(map[string]int{"n": 1}),
		"redirect": step.Redirect("https://idp.example/"),
		"error":    step.Fail("no_phone", "none"),
		"status":   step.Failed(&step.CallError{Capability: "otp_send", Status: abi.UpstreamFault}),
		"granted": step.Outcome("ok").WithOutput(func(o *abi.Output) {
			o.Claims, o.Subject = map[string]any{"x": true}, &abi.SubjectRef{ID: "u1"}
		}),
	}
}

func TestResults(t *testing.T) {
	want := map[string]string{
		"outcome":  `{"outcome":"ok"}`,
		"acr":      `{"outcome":"ok","acr":"2.0"}`,
		"object":   `{"outcome":"ok","acr":{"a":"x","b":1}}`,
		"vars":     `{"outcome":"ok","vars":{"a":1,"b":[2]}}`,
		"kept":     `{"outcome":"ok","vars":{"a":1}}`,
		"prompt":   `{"prompt":{"title":"T"},"state":{"n":1}}`,
		"redirect": `{"redirect":{"url":"https://idp.example/"}}`,
		"error":    `{"error":{"code":"no_phone","message":"none"}}`,
		"status":   `{"error":{"code":"upstream_fault","message":"otp_send: upstream fault"}}`,
		"granted":  `{"outcome":"ok","claims":{"x":true},"subject":{"id":"u1"}}`,
	}
	m := step.Module{Steps: []step.Type{step.Define[fixed]("fixed", step.Description{})}}
	got := map[string]string{}
	for name := range results() {
		output, err := m.Answer(silent{}, []byte(`{"call":{"type":"fixed","step":"`+name+`"}}`))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got[name] = string(output)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
}
