package identify_test

import (
	"testing"

	"github.com/acrhost/acrhost/plugins/identify"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

// users is the double of user_identify: it knows alice.
func users() steptest.Double {
	return steptest.Fake(func(q abi.UserIdentify) (abi.Status, abi.UserIdentified) {
		if q.Username != "alice" {
			return abi.NotFound, abi.UserIdentified{}
		}
		return abi.OK, abi.UserIdentified{Subject: abi.Subject{ID: "u1", Username: "alice"}}
	})
}

func hinted(hint string) func(*abi.Input) {
	return func(in *abi.Input) { in.Request.LoginHint = &hint }
}

func TestFirstEntry(t *testing.T) {
	tests := []struct {
		name, config, hint string
		want, prefilled    string // no outcome: asks, with this name in the field
	}{
		{name: "asks"},
		{name: "a hint that names a user", hint: "alice", want: "ok"},
		{name: "a hint with white space", hint: " alice ", want: "ok"},
		{name: "a hint that names nobody is shown", hint: "mallory", prefilled: "mallory"},
		{name: "a hint that is not to be used", config: `{"use_login_hint":false}`, hint: "alice"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := steptest.New(t, identify.Type()).Capability("user_identify", users())
			if tt.config != "" {
				c.Config(tt.config)
			}
			if tt.hint != "" {
				c.Input(hinted(tt.hint))
			}
			got := c.Run()
			if got.Outcome != tt.want {
				t.Fatalf("outcome %q, want %q", got.Outcome, tt.want)
			}
			if tt.want == "" && got.Prompt.Fields[0].Value != tt.prefilled {
				t.Errorf("the field holds %q, want %q", got.Prompt.Fields[0].Value, tt.prefilled)
			}
		})
	}
}

func TestKnownAlready(t *testing.T) {
	c := steptest.New(t, identify.Type()).Subject("u1", "alice")
	if got := c.Run(); got.Outcome != "ok" || len(c.Asked()) != 0 {
		t.Errorf("got %+v after asking for %q", got, c.Asked())
	}
}

func TestAnswered(t *testing.T) {
	for name, want := range map[string]string{"alice": "ok", " alice": "ok", "mallory": "unknown", "": "", "  ": ""} {
		got := steptest.New(t, identify.Type()).Capability("user_identify", users()).
			Answer("submit", map[string]string{"username": name}).Run()
		if got.Outcome != want || want == "" && got.Prompt == nil {
			t.Errorf("%q: got %+v, want %q", name, got, want)
		}
	}
}

// A hint is not tried twice: a journey that leads unknown back here would loop.
func TestAgain(t *testing.T) {
	got := steptest.New(t, identify.Type()).Capability("user_identify", users()).Input(hinted("alice")).Again().Run()
	if got.Prompt == nil || got.Prompt.Error == "" {
		t.Errorf("got %+v, want a page that says that the name is not known", got)
	}
}

func TestCapabilityFails(t *testing.T) {
	got := steptest.New(t, identify.Type()).Capability("user_identify", steptest.Refuse(abi.UpstreamFault)).
		Answer("submit", map[string]string{"username": "alice"}).Run()
	if got.Error == nil || got.Error.Code != "upstream_fault" {
		t.Errorf("got %+v", got)
	}
	denied := steptest.New(t, identify.Type()).Input(hinted("alice")).Run()
	if denied.Error == nil || denied.Error.Code != "denied" {
		t.Errorf("without the grant: got %+v", denied)
	}
}
