package setvars_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/plugins/setvars"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

func TestSets(t *testing.T) {
	got := steptest.New(t, setvars.Type()).Config(`{"vars":{"risk":0.3,"who":"alice","list":[1],"none":null,"ok":true}}`).Run()
	want := abi.Output{Outcome: "ok", Vars: map[string]any{
		"risk": 0.3, "who": "alice", "list": []any{1.0}, "none": nil, "ok": true,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func TestRefuses(t *testing.T) {
	for _, config := range []string{`{}`, `{"vars":{}}`, `{"vars":[]}`, `{"vars":null}`, `{"vars":{"a-b":1}}`, `{"vars":{"":1}}`} {
		if fault := steptest.New(t, setvars.Type()).Config(config).Fault(); fault.Code != "config" {
			t.Errorf("%s: error %+v", config, fault)
		}
	}
}
