package display_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/plugins/display"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

func TestShowsThenGoesOn(t *testing.T) {
	c := steptest.New(t, display.Type()).
		Config(`{"title":"Your level","text":"It is <b>2.0</b>.","items":[{"label":"acr","value":"2.0"},{"label":"amr","value":"pwd"}]}`)
	want := abi.Output{Prompt: &abi.Prompt{
		Title: "Your level", Text: "It is <b>2.0</b>.", // text stays text
		Fields: []abi.Field{
			{Name: "item-1", Type: abi.Info, Label: "acr", Value: "2.0"},
			{Name: "item-2", Type: abi.Info, Label: "amr", Value: "pwd"},
		},
		Actions: []abi.Action{{Name: "submit", Label: "Continue"}},
	}}
	if diff := cmp.Diff(want, c.Run()); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
	if got := c.Answer("submit", nil).Run(); got.Outcome != "ok" {
		t.Errorf("once it was read: got %+v", got)
	}
}

func TestRefuses(t *testing.T) {
	for _, config := range []string{`{"text":1}`, `{"items":[{"label":"acr"}]}`, `{"html":"<b>"}`} {
		if fault := steptest.New(t, display.Type()).Config(config).Fault(); fault.Code != "config" {
			t.Errorf("%s: error %+v", config, fault)
		}
	}
}
