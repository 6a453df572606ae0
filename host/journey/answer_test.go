package journey_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/google/go-cmp/cmp"
)

func form() *abi.Prompt {
	options := []abi.Option{{Value: "a"}, {Value: "b"}}
	return &abi.Prompt{
		Title: "T",
		Error: "Wrong code.",
		Fields: []abi.Field{
			{Name: "user", Type: abi.Username, Required: true, Value: "suggested", Error: "Not this one."},
			{Name: "pw", Type: abi.Password, Required: true},
			{Name: "note", Type: abi.Text},
			{Name: "pick", Type: abi.Select, Options: options},
			{Name: "one", Type: abi.Radio, Options: options},
			{Name: "agree", Type: abi.Checkbox},
			{Name: "txn", Type: abi.Hidden, Value: "42"},
			{Name: "who", Type: abi.Username, Value: "alice", ReadOnly: true},
			{Name: "new", Type: abi.NewPassword},
			{Name: "hint", Type: abi.Info, Value: "read me"},
			{Name: "key", Type: abi.PasskeyGet},
		},
		Actions: []abi.Action{{Name: "next"}, {Name: "cancel"}},
	}
}

// filled is the form as the step gets it when only user and pw were filled in.
func filled(changes map[string]string) map[string]string {
	all := map[string]string{"user": "alice", "pw": "secret", "note": "", "pick": "", "one": "", "agree": "false", "txn": "42", "who": "alice", "new": "", "key": ""}
	maps.Copy(all, changes)
	return all
}

func TestAnswerAccepted(t *testing.T) {
	long := strings.Repeat("x", journey.MaxField)
	tests := []struct {
		name         string
		sent, gets   map[string]string
		action, used string
	}{
		{"plain", nil, nil, "next", "next"},
		{"unknown fields are dropped", map[string]string{"admin": "1", "_token": "t"}, nil, "next", "next"},
		{"hidden fields are the prompt's", map[string]string{"txn": "43"}, nil, "next", "next"},
		{"read-only fields are the prompt's", map[string]string{"who": "mallory"}, nil, "next", "next"},
		{"information is no answer", map[string]string{"hint": "x"}, nil, "next", "next"},
		{"choices", map[string]string{"pick": "a", "one": "b", "agree": "true"}, map[string]string{"pick": "a", "one": "b", "agree": "true"}, "next", "next"},
		{"a checkbox has two values", map[string]string{"agree": "on"}, map[string]string{"agree": "true"}, "next", "next"},
		{"as long as may be", map[string]string{"note": long, "key": strings.Repeat("k", journey.MaxPasskey)}, map[string]string{"note": long, "key": strings.Repeat("k", journey.MaxPasskey)}, "next", "next"},
		{"markup is text", map[string]string{"note": "<script>"}, map[string]string{"note": "<script>"}, "next", "next"},
		{"no button", nil, nil, "", "next"},
		{"an unknown button", nil, nil, "delete", "next"},
		{"to cancel, nothing is required", map[string]string{"user": "", "pw": ""}, map[string]string{"user": "", "pw": ""}, "cancel", "cancel"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sent := map[string]string{"user": "alice", "pw": "secret"}
			maps.Copy(sent, tt.sent)
			got, used, run := hand(t, form(), &journey.Answer{Form: sent, Action: tt.action})
			wantEnd(t, run, journey.Success, "", "")
			if d := cmp.Diff(filled(tt.gets), got); d != "" || used != tt.used {
				t.Errorf("action %q, form %s", used, d)
			}
		})
	}
}

// hand gives an answer to a step that shows a prompt, and says what came to it.
func hand(t *testing.T, p *abi.Prompt, a *journey.Answer) (form map[string]string, action string, run *journey.Run) {
	t.Helper()
	b := newBench(t, steps{"login": login("pwd"), "ask": func(in abi.Input) (journey.Output, error) {
		if in.Form == nil {
			return journey.Output{Output: abi.Output{Prompt: p}}, nil
		}
		form, action = in.Form, *in.Action
		return ok(), nil
	}}, line("login", "ask"))
	run = b.start(t, request())
	if err := b.Advance(t.Context(), b.release, run, a); err != nil {
		t.Fatal(err)
	}
	return form, action, run
}

func TestAnswerShownAgain(t *testing.T) {
	tests := []struct {
		name  string
		sent  map[string]string
		field string // with the error
		error string
	}{
		{"required", map[string]string{"user": "", "pw": "secret", "note": "kept", "new": "secret too", "who": "mallory"}, "user", "Please fill this in."},
		{"required and secret", map[string]string{"user": "alice"}, "pw", "Please fill this in."},
		{"no option", map[string]string{"user": "alice", "pw": "secret", "pick": "c"}, "pick", "Please choose one of these."},
		{"no option of a radio", map[string]string{"user": "alice", "pw": "secret", "one": "ab"}, "one", "Please choose one of these."},
		{"too long", map[string]string{"user": "alice", "pw": "secret", "note": strings.Repeat("x", journey.MaxField+1)}, "note", "This is too long."},
		{"a passkey too long", map[string]string{"user": "alice", "pw": "secret", "key": strings.Repeat("x", journey.MaxPasskey+1)}, "key", "This is too long."},
		{"bad UTF-8", map[string]string{"user": "alice", "pw": "secret", "note": "\xff"}, "note", "This is not valid text."},
		{"NUL", map[string]string{"user": "alice", "pw": "secret", "note": "a\x00"}, "note", "This is not valid text."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			shown := form()
			got, _, run := hand(t, shown, &journey.Answer{Form: tt.sent})
			if got != nil || run.End != nil || run.Prompt == nil || run.Calls != 2 {
				t.Fatalf("the step was called with %v", got)
			}
			for _, f := range run.Prompt.Fields {
				want := ""
				if f.Name == tt.field {
					want = tt.error
				}
				if f.Error != want {
					t.Errorf("field %s has error %q", f.Name, f.Error)
				}
				if (f.Type == abi.Password || f.Type == abi.NewPassword) && f.Value != "" || f.Name == "txn" && f.Value != "42" || f.Name == "who" && f.Value != "alice" {
					t.Errorf("field %s has value %q", f.Name, f.Value)
				}
			}
			if run.Prompt.Fields[0].Value != tt.sent["user"] || run.Prompt.Error != "" || run.Prompt.Title != "T" {
				t.Errorf("the prompt is %+v", run.Prompt)
			}
			if d := cmp.Diff(form(), shown); d != "" {
				t.Errorf("the step's own prompt was changed: %s", d)
			}
		})
	}
}

// A required checkbox wants its tick, and a prompt without actions has one.
func TestRequiredCheckbox(t *testing.T) {
	p := &abi.Prompt{Fields: []abi.Field{{Name: "agree", Type: abi.Checkbox, Required: true}}}
	if got, _, run := hand(t, p, &journey.Answer{}); got != nil || run.Prompt.Fields[0].Error == "" {
		t.Errorf("an open box passed: %v", got)
	}
	got, action, _ := hand(t, p, &journey.Answer{Form: map[string]string{"agree": "true"}, Action: "x"})
	if got["agree"] != "true" || action != journey.DefaultAction {
		t.Errorf("got %v, %q", got, action)
	}
}

// Whatever a browser sends: the step gets the prompt's own fields and nothing
// else, within the bounds, and a hidden field as the prompt had it.
func FuzzAnswer(f *testing.F) {
	f.Add("user", "alice", "pick", "a", "next")
	f.Add("txn", "43", "admin", "\xff", "")
	f.Add("who", "mallory", "new", "x", "")
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2, action string) {
		sent := map[string]string{"user": "alice", "pw": "secret"}
		sent[k1], sent[k2] = v1, v2
		got, used, run := hand(t, form(), &journey.Answer{Form: sent, Action: action})
		if run.End == nil {
			if run.Prompt == nil || got != nil {
				t.Error("neither shown again nor accepted")
			}
			return
		}
		if used != "next" && used != "cancel" {
			t.Errorf("action is %q", used)
		}
		if len(got) != 10 || got["txn"] != "42" || got["who"] != "alice" || got["agree"] != "true" && got["agree"] != "false" {
			t.Errorf("form is %v", got)
		}
		for _, name := range []string{"pick", "one"} {
			if v := got[name]; v != "" && v != "a" && v != "b" {
				t.Errorf("%s is %q", name, v)
			}
		}
	})
}
