package password_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/plugins/password"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

func answers(status abi.Status, v abi.Verified) steptest.Double {
	return steptest.Fake(func(abi.PasswordVerify) (abi.Status, abi.Verified) { return status, v })
}

// secret is the double of password_verify for alice's password.
func secret(seen *abi.PasswordVerify) steptest.Double {
	return steptest.Fake(func(q abi.PasswordVerify) (abi.Status, abi.Verified) {
		*seen = q
		return abi.OK, abi.Verified{OK: (q.Username == "alice" || q.Username == "") && q.Password == "tulip"}
	})
}

func TestAsksForBoth(t *testing.T) {
	hint := "alice"
	got := steptest.New(t, password.Type()).Input(func(in *abi.Input) { in.Request.LoginHint = &hint }).Run()
	want := abi.Output{Prompt: &abi.Prompt{
		Title: "Sign in",
		Fields: []abi.Field{
			{Name: "username", Type: abi.Username, Label: "User name", Required: true, Value: "alice"},
			{Name: "password", Type: abi.Password, Label: "Password", Required: true},
		},
		Actions: []abi.Action{{Name: "submit", Label: "Sign in"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("prompt (-want +got):\n%s", diff)
	}
}

// The name of who is identified is there for password managers, and stays as it is.
func TestAsksForThePasswordOnly(t *testing.T) {
	got := steptest.New(t, password.Type()).Subject("u1", "alice").Run()
	want := []abi.Field{
		{Name: "username", Type: abi.Username, Label: "User name", Value: "alice", ReadOnly: true},
		{Name: "password", Type: abi.Password, Label: "Password", Required: true},
	}
	if diff := cmp.Diff(want, got.Prompt.Fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestEvidence(t *testing.T) {
	tests := []struct {
		name, config, method string
		ago                  time.Duration
		passes               bool
	}{
		{"counts", `{}`, "pwd", 8 * time.Hour, true},
		{"of another method", `{}`, "sms", 0, false},
		{"fresh enough", `{"max_age":"10m"}`, "pwd", 10 * time.Minute, true},
		{"too old", `{"max_age":"10m"}`, "pwd", 10*time.Minute + time.Second, false},
		{"to be asked always", `{"always":true}`, "pwd", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := steptest.New(t, password.Type()).Config(tt.config).Subject("u1", "alice").Evidence(tt.method, tt.ago, "pwd").Run()
			if (got.Outcome == "ok") != tt.passes || (got.Prompt != nil) == tt.passes {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// Evidence without a subject is nobody's: it lets nobody pass.
func TestEvidenceOfNobody(t *testing.T) {
	if got := steptest.New(t, password.Type()).Evidence("pwd", 0, "pwd").Run(); got.Prompt == nil {
		t.Errorf("got %+v", got)
	}
}

func TestAnswered(t *testing.T) {
	tests := []struct {
		name, username, password, want string
	}{
		{"right", "alice", "tulip", "ok"},
		{"with white space around the name", " alice ", "tulip", "ok"},
		{"wrong", "alice", "rose", "failed"},
		{"white space in a password counts", "alice", "tulip ", "failed"},
		{"an unknown user", "mallory", "tulip", "failed"},
		{"no name", "", "tulip", ""},
		{"no password", "alice", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var seen abi.PasswordVerify
			got := steptest.New(t, password.Type()).Capability("password_verify", secret(&seen)).
				Answer("submit", map[string]string{"username": tt.username, "password": tt.password}).Run()
			if got.Outcome != tt.want || tt.want == "" && got.Prompt == nil {
				t.Errorf("got %+v, want %q", got, tt.want)
			}
		})
	}
}

// Once the run is about alice, a user name in the form means nothing.
func TestAnotherNameInTheForm(t *testing.T) {
	var seen abi.PasswordVerify
	got := steptest.New(t, password.Type()).Subject("u1", "alice").Capability("password_verify", secret(&seen)).
		Answer("submit", map[string]string{"username": "mallory", "password": "tulip"}).Run()
	if got.Outcome != "ok" || seen.Username != "" {
		t.Errorf("got %+v, asked about %q", got, seen.Username)
	}
}

// After a wrong password the page says so, and does not show what was typed.
func TestAgain(t *testing.T) {
	got := steptest.New(t, password.Type()).Again().Run()
	if got.Prompt == nil || got.Prompt.Error != "That user name and password do not match." {
		t.Fatalf("got %+v", got)
	}
	for _, f := range got.Prompt.Fields {
		if f.Type == abi.Password && f.Value != "" {
			t.Error("the page shows a password")
		}
	}
}

func TestNotVerified(t *testing.T) {
	tests := []struct {
		name    string
		double  steptest.Double
		outcome string
		says    string // on the page
		code    string // of the step error
	}{
		{"throttled", answers(abi.LimitReached, abi.Verified{RetryAfter: 30}), "", "30 seconds", ""},
		{"throttled without a time", steptest.Refuse(abi.LimitReached), "", "wait a moment", ""},
		{"wrong, and slower now", answers(abi.OK, abi.Verified{RetryAfter: 30}), "failed", "", ""},
		{"denied", steptest.Refuse(abi.Denied), "", "", "denied"},
		{"a fault of the host", steptest.Refuse(abi.UpstreamFault), "", "", "upstream_fault"},
		{"no answer", steptest.Refuse(abi.OK), "", "", "upstream_fault"},
		{"a broken answer", func([]byte) (abi.Status, []byte) { return abi.OK, []byte(`{"ok":1}`) }, "", "", "upstream_fault"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := steptest.New(t, password.Type()).Capability("password_verify", tt.double).
				Answer("submit", map[string]string{"username": "alice", "password": "tulip"}).Run()
			if got.Outcome != tt.outcome {
				t.Errorf("outcome %q, want %q", got.Outcome, tt.outcome)
			}
			if tt.says != "" && (got.Prompt == nil || !strings.Contains(got.Prompt.Error, tt.says)) {
				t.Errorf("got %+v, want a page that says %q", got, tt.says)
			}
			if tt.code != "" && (got.Error == nil || got.Error.Code != tt.code) {
				t.Errorf("got %+v, want the error %q", got, tt.code)
			}
			if got.Error != nil && strings.Contains(got.Error.Message, "tulip") {
				t.Error("the error holds the password")
			}
		})
	}
}

func TestConfigRefused(t *testing.T) {
	for _, config := range []string{`{"max_age":"0s"}`, `{"max_age":600}`, `{"max_age":"soon"}`, `{"always":"yes"}`, `{"max-age":"1m"}`} {
		if fault := steptest.New(t, password.Type()).Config(config).Fault(); fault.Code != "config" {
			t.Errorf("%s: error %+v", config, fault)
		}
	}
}
