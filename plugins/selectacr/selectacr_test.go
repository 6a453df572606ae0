package selectacr_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/plugins/selectacr"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

func asked(values ...string) func(*abi.Input) {
	return func(in *abi.Input) { in.Request.ACRValues = append([]string{}, values...) }
}

// The strongest of the requested values that are supported counts, whatever the
// order of the request.
func TestSelects(t *testing.T) {
	tests := []struct {
		name      string
		requested []string
		want      string
	}{
		{"none", nil, "default"},
		{"one", []string{"acr1"}, "acr1"},
		{"the strongest first", []string{"acr3", "acr1"}, "acr3"},
		{"the strongest last", []string{"acr1", "acr3"}, "acr3"},
		{"unknown", []string{"other"}, "default"},
		{"unknown ones are ignored", []string{"other", "acr2"}, "acr2"},
		{"commas", []string{"acr1,acr2"}, "acr2"},
		{"commas and spaces", []string{"acr1,", "acr3"}, "acr3"},
		{"only a comma", []string{","}, "default"},
		{"case counts", []string{"ACR3"}, "default"},
		{"a part of a value is another", []string{"acr"}, "default"},
		{"the outcome's own name", []string{"default"}, "default"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := steptest.New(t, selectacr.Type()).Config(`{"supported":["acr1","acr2","acr3"]}`).Input(asked(tt.requested...)).Run()
			if diff := cmp.Diff(abi.Output{Outcome: tt.want}, got); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
}

func TestValueWithComma(t *testing.T) {
	got := steptest.New(t, selectacr.Type()).Config(`{"supported":["a","a,b"]}`).Input(asked("a,b")).Run()
	if got.Outcome != "a,b" {
		t.Errorf("outcome %q", got.Outcome)
	}
}

func TestVariable(t *testing.T) {
	config := `{"supported":["acr1"],"variable":"level"}`
	got := steptest.New(t, selectacr.Type()).Config(config).Input(asked("acr1")).Run()
	if diff := cmp.Diff(map[string]any{"level": "acr1"}, got.Vars); diff != "" {
		t.Errorf("vars (-want +got):\n%s", diff)
	}
	if got := steptest.New(t, selectacr.Type()).Config(config).Run(); got.Vars != nil {
		t.Errorf("without a selected value: vars %v", got.Vars)
	}
}

func TestRefuses(t *testing.T) {
	for _, config := range []string{`{}`, `{"supported":"acr1"}`, `{"supported":[1]}`} {
		if fault := steptest.New(t, selectacr.Type()).Config(config).Fault(); fault.Code != "config" {
			t.Errorf("%s: error %+v", config, fault)
		}
	}
}
