package step_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
	"github.com/acrhost/acrhost/sdk/schema"
)

// silent is a host that offers nothing.
type silent struct{}

func (silent) Log(step.Level, string) {}
func (silent) Call(string, step.Import, []byte) (abi.Status, []byte) {
	return abi.Denied, nil
}

// doer does what its configuration says.
type doer struct {
	Do string `json:"do"`
}

func (d doer) Run(ctx *step.Context) step.Result {
	switch d.Do {
	case "panic":
		panic("on purpose")
	case "nil":
		return step.Outcome(ctx.Subject.Username)
	case "nothing":
		return step.Result{}
	case "bad acr":
		return step.Outcome("ok").WithACR(func() {})
	case "bad var":
		return step.Outcome("ok").WithVar("f", func() {})
	case "bad state":
		return step.Ask(abi.Prompt{}).WithState(make(chan int)).WithState(1)
	}
	return step.Outcome("ok")
}

func doers() step.Module {
	return step.Module{Steps: []step.Type{step.Define[doer]("do", step.Description{Outcomes: []string{"ok"}})}}
}

// What gives no output is an error that says why, never a document and never a
// panic: the export then returns another number than 0.
func TestAnswerFails(t *testing.T) {
	tests := []struct {
		name, input, want string
	}{
		{"empty", ``, "no input document"},
		{"cut off", `{"call":{"type":"do"`, "no input document"},
		{"a list", `[]`, "no input document"},
		{"two documents", `{"call":{"type":"do"}}{}`, "no input document"},
		{"no step type", `{}`, "no step type"},
		{"another step type", `{"call":{"type":"other"}}`, `no step type "other"`},
		{"a panic", `{"call":{"type":"do"},"config":{"do":"panic"}}`, "panic: on purpose"},
		{"nobody there", `{"call":{"type":"do"},"config":{"do":"nil"}}`, "panic: runtime error: invalid memory address"},
		{"nothing said", `{"call":{"type":"do"},"config":{"do":"nothing"}}`, "no outcome, prompt, redirect or error"},
		{"an acr that is no JSON", `{"call":{"type":"do"},"config":{"do":"bad acr"}}`, "encode acr"},
		{"a variable that is no JSON", `{"call":{"type":"do"},"config":{"do":"bad var"}}`, "encode the output"},
		{"the first mistake counts", `{"call":{"type":"do"},"config":{"do":"bad state"}}`, "encode state"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			output, err := doers().Answer(silent{}, []byte(tt.input))
			if err == nil || !strings.Contains(err.Error(), tt.want) || output != nil {
				t.Errorf("output %s, error %v, want one that says %q", output, err, tt.want)
			}
		})
	}
}

// A host of a later minor version sends members that this one does not know.
func TestLaterInput(t *testing.T) {
	output, err := doers().Answer(silent{}, []byte(`{"abi":"1.9","call":{"type":"do","later":1},"later":{}}`))
	if err != nil || string(output) != `{"outcome":"ok"}` {
		t.Errorf("output %s, error %v", output, err)
	}
}

// FuzzAnswer: whatever the host sends, the answer is an error or an output document
// by the schema.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"call":{"type":"do","attempt":1},"config":{"do":""},"form":{"a":"b"},"action":"submit","state":{}}`))
	f.Add([]byte(`{"call":{"type":"do"},"config":[]}`))
	f.Add([]byte(`{"call":{"type":"do"},"config":{"do":"nil"},"subject":{"username":"\ud800"}}`))
	accepts := schemaOf(f, schema.Output())
	f.Fuzz(func(t *testing.T, input []byte) {
		output, err := doers().Answer(silent{}, input)
		if err == nil && (!json.Valid(output) || !accepts(output)) {
			t.Errorf("answered %s", output)
		}
	})
}
