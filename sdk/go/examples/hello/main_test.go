package main

import (
	"testing"

	"github.com/acrhost/acrhost/sdk/go/steptest"
)

func TestHello(t *testing.T) {
	call := steptest.New(t, module.Steps[0])
	if out := call.Run(); out.Outcome != "ok" || out.Vars["greeting"] != "Hello, stranger" {
		t.Errorf("nobody is known: %+v", out)
	}
	out := call.Config(`{"greeting": "Good day"}`).Subject("u1", "alice").Run()
	if out.Vars["greeting"] != "Good day, alice" {
		t.Errorf("alice is known: %+v", out)
	}
}
