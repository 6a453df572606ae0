package main

import (
	"testing"

	"github.com/acrhost/acrhost/sdk/go/steptest"
)

func TestSetsTheACR(t *testing.T) {
	out := steptest.New(t, module.Steps[0]).Config(`{"acr": "2.0"}`).Run()
	if out.Outcome != "ok" || string(out.ACR) != `"2.0"` {
		t.Errorf("got %+v", out)
	}
}

func TestNeedsAnACR(t *testing.T) {
	if fault := steptest.New(t, module.Steps[0]).Fault(); fault.Code != "config" {
		t.Errorf("got %+v", fault)
	}
}
