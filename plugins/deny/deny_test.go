package deny_test

import (
	"testing"

	"github.com/acrhost/acrhost/plugins/deny"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

const why = `{"reason":"Your account has no phone number."}`

func TestTellsWhyThenDenies(t *testing.T) {
	c := steptest.New(t, deny.Type()).Config(why)
	if got := c.Run(); got.Prompt == nil || got.Prompt.Text != "Your account has no phone number." {
		t.Errorf("got %+v, want a page with the reason", got)
	}
	if got := c.Answer("submit", nil).Run(); got.Outcome != "denied" {
		t.Errorf("once it was read: got %+v", got)
	}
}

func TestDeniesAtOnce(t *testing.T) {
	if got := steptest.New(t, deny.Type()).Run(); got.Outcome != "denied" {
		t.Errorf("without a reason: got %+v", got)
	}
	silent := func(in *abi.Input) { in.Call.Interactive = false }
	if got := steptest.New(t, deny.Type()).Config(why).Input(silent).Run(); got.Outcome != "denied" {
		t.Errorf("where no page may be shown: got %+v", got)
	}
}
