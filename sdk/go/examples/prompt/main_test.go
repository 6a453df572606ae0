package main

import (
	"testing"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

func TestAsks(t *testing.T) {
	out := steptest.New(t, module.Steps[0]).Config(`{"pin": "1234"}`).Run()
	if out.Prompt == nil || len(out.Prompt.Fields) != 1 || out.Prompt.Fields[0].Type != abi.Password {
		t.Fatalf("got %+v", out)
	}
	if string(out.State) != `{"shown":1}` {
		t.Errorf("the state is %s", out.State)
	}
}

func TestCompares(t *testing.T) {
	for pin, want := range map[string]string{"1234": "ok", "1235": "failed", "": "failed", "12345": "failed"} {
		out := steptest.New(t, module.Steps[0]).
			Config(`{"pin": "1234", "level": "2.0"}`).
			State(`{"shown":1}`).
			Answer("submit", map[string]string{"pin": pin}).
			Run()
		if out.Outcome != want {
			t.Errorf("%q gives %q", pin, out.Outcome)
		}
		if set := string(out.ACR) == `"2.0"`; set != (want == "ok") {
			t.Errorf("%q sets the acr %s", pin, out.ACR)
		}
	}
}
