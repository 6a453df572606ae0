package condition_test

import (
	"testing"

	"github.com/acrhost/acrhost/plugins/condition"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

func TestBranches(t *testing.T) {
	for _, want := range []string{"true", "false"} {
		got := steptest.New(t, condition.Type()).Config(`{"when":` + want + `}`).Run()
		if got.Outcome != want {
			t.Errorf("when %s: outcome %q", want, got.Outcome)
		}
	}
}

// Only a truth value branches: what looks like one is a mistake.
func TestRefuses(t *testing.T) {
	for _, config := range []string{`{}`, `{"when":null}`, `{"when":"true"}`, `{"when":1}`, `{"when":[]}`} {
		if fault := steptest.New(t, condition.Type()).Config(config).Fault(); fault.Code != "config" {
			t.Errorf("%s: error %+v", config, fault)
		}
	}
}
