package choice_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/plugins/choice"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

const ways = `{"options":[
	{"value":"password","label":"Password and SMS code","satisfied_by":["pwd","sms"]},
	{"value":"passkey","satisfied_by":["hwk"]},
	{"value":"leave"}]}`

func TestAsks(t *testing.T) {
	got := steptest.New(t, choice.Type()).Config(ways).Run()
	want := abi.Output{Prompt: &abi.Prompt{
		Title: "Choose how to continue",
		Fields: []abi.Field{{Name: "choice", Type: abi.Radio, Label: "Your choice", Required: true, Options: []abi.Option{
			{Value: "password", Label: "Password and SMS code"}, {Value: "passkey", Label: "passkey"}, {Value: "leave", Label: "leave"},
		}}},
		Actions: []abi.Action{{Name: "submit", Label: "Continue"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("prompt (-want +got):\n%s", diff)
	}
}

// An option is taken without asking only when all of its values are covered.
func TestSatisfied(t *testing.T) {
	tests := []struct {
		name string
		amr  []string
		want string // empty: asks
	}{
		{"nothing", nil, ""},
		{"one of two", []string{"pwd"}, ""},
		{"both", []string{"sms", "pwd", "mfa"}, "password"},
		{"the second option", []string{"hwk"}, "passkey"},
		{"several: the first", []string{"hwk", "pwd", "sms"}, "password"},
		{"something else", []string{"otp"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := steptest.New(t, choice.Type()).Config(ways).Evidence("any", 0, tt.amr...).Run()
			if got.Outcome != tt.want || (got.Prompt != nil) != (tt.want == "") {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestAnswered(t *testing.T) {
	tests := []struct {
		name, sent, want string
	}{
		{"an option", "leave", "leave"},
		{"none", "", ""},
		{"one that was not offered", "admin", ""},
		{"a label", "Password and SMS code", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// The user may choose another way than the one that is covered.
			got := steptest.New(t, choice.Type()).Config(ways).Evidence("any", 0, "hwk").
				Answer("submit", map[string]string{"choice": tt.sent}).Run()
			if got.Outcome != tt.want {
				t.Errorf("outcome %q, want %q", got.Outcome, tt.want)
			}
			if tt.want == "" && got.Prompt.Fields[0].Error == "" {
				t.Error("the page doesn't say what is wrong")
			}
		})
	}
}

func TestConfigRefused(t *testing.T) {
	for _, config := range []string{
		`{}`, `{"options":[{"label":"no value"}]}`, `{"options":{"value":"a"}}`,
		`{"options":[{"value":"a"}],"titel":"misspelt"}`, `{"options":[{"value":1}]}`,
	} {
		if fault := steptest.New(t, choice.Type()).Config(config).Fault(); fault.Code != "config" {
			t.Errorf("%s: error %+v", config, fault)
		}
	}
}
