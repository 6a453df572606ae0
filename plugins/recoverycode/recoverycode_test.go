package recoverycode_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/plugins/recoverycode"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

func newCall(t *testing.T) *steptest.Call {
	return steptest.New(t, recoverycode.Type()).Subject("u1", "alice")
}

// spends takes one code, after which so many are left.
func spends(code string, left int) steptest.Double {
	return steptest.Fake(func(q abi.CodeCheck) (abi.Status, abi.RecoveryVerified) {
		if q.Code != code {
			return abi.OK, abi.RecoveryVerified{}
		}
		return abi.OK, abi.RecoveryVerified{OK: true, Left: left}
	})
}

func TestAsks(t *testing.T) {
	c := newCall(t)
	got := c.Run()
	want := abi.Output{Prompt: &abi.Prompt{
		Title: "Use a recovery code", Text: "Type in one of the recovery codes that you kept. Each counts once.",
		Fields:  []abi.Field{{Name: "code", Type: abi.Text, Label: "Recovery code", Required: true}},
		Actions: []abi.Action{{Name: "submit", Label: "Continue"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" || len(c.Asked()) != 0 {
		t.Errorf("after asking for %q, output (-want +got):\n%s", c.Asked(), diff)
	}
}

func TestAnswered(t *testing.T) {
	for code, want := range map[string]string{"abcd-efgh-jkmn": "ok", "0000-0000-0000": "failed", "": "failed"} {
		got := newCall(t).Capability("recovery_verify", spends("abcd-efgh-jkmn", 4)).Answer("submit", map[string]string{"code": code}).Run()
		if got.Outcome != want {
			t.Errorf("%q: got %+v", code, got)
		}
	}
}

// Who has few codes left is told so before the login goes on; the code that was spent
// is not asked for again.
func TestFewLeft(t *testing.T) {
	for left, says := range map[int]string{0: "your last recovery code", 1: "one recovery code left", 3: "3 recovery codes left"} {
		got := newCall(t).Capability("recovery_verify", spends("abcd", left)).Answer("submit", map[string]string{"code": "abcd"}).Run()
		if got.Prompt == nil || !strings.Contains(got.Prompt.Text, says) || string(got.State) != `{"spent":true}` {
			t.Fatalf("%d left: got %+v", left, got)
		}
	}
	c := newCall(t).State(`{"spent":true}`).Answer("submit", nil)
	if got := c.Run(); got.Outcome != "ok" || len(c.Asked()) != 0 {
		t.Errorf("got %+v after asking for %q", got, c.Asked())
	}
	got := newCall(t).Config(`{"few":0}`).Capability("recovery_verify", spends("abcd", 1)).Answer("submit", map[string]string{"code": "abcd"}).Run()
	if got.Outcome != "ok" {
		t.Errorf("got %+v", got)
	}
}

// Who has no codes fails as who mistypes one does.
func TestVerifyFails(t *testing.T) {
	for status, want := range map[abi.Status]string{abi.NotFound: "failed", abi.Denied: "denied", abi.UpstreamFault: "upstream_fault", abi.BadRequest: "bad_request"} {
		got := newCall(t).Capability("recovery_verify", steptest.Refuse(status)).Answer("submit", map[string]string{"code": "abcd"}).Run()
		if got.Outcome != want && (got.Error == nil || got.Error.Code != want) {
			t.Errorf("%v: got %+v", status, got)
		}
	}
}

func TestTooManyGuesses(t *testing.T) {
	wait := steptest.Fake(func(abi.CodeCheck) (abi.Status, abi.Verified) { return abi.LimitReached, abi.Verified{RetryAfter: 90} })
	got := newCall(t).Capability("recovery_verify", wait).Answer("submit", map[string]string{"code": "abcd"}).Run()
	if got.Prompt == nil || !strings.Contains(got.Prompt.Error, "90 seconds") {
		t.Errorf("got %+v", got)
	}
}

func TestAgain(t *testing.T) {
	if got := newCall(t).Again().Run(); got.Prompt == nil || got.Prompt.Fields[0].Error == "" {
		t.Errorf("got %+v", got)
	}
}

func TestEvidence(t *testing.T) {
	for _, tt := range []struct {
		name, config, method string
		ago                  time.Duration
		passes               bool
	}{
		{"counts", `{}`, "recovery", 8 * time.Hour, true},
		{"of another factor", `{}`, "totp", 0, false},
		{"too old", `{"max_age":"1m"}`, "recovery", time.Hour, false},
		{"to be asked always", `{"always":true}`, "recovery", 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := newCall(t).Config(tt.config).Evidence(tt.method, tt.ago, "otp").Run(); (got.Outcome == "ok") != tt.passes {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestNobody(t *testing.T) {
	if got := steptest.New(t, recoverycode.Type()).Run(); got.Error == nil || got.Error.Code != "no_subject" {
		t.Errorf("got %+v", got)
	}
}

func TestRefused(t *testing.T) {
	if got := newCall(t).State(`7`).Answer("submit", nil).Run(); got.Error == nil || got.Error.Code != "state" {
		t.Errorf("a damaged state: got %+v", got)
	}
	if fault := newCall(t).Config(`{"few":"many"}`).Fault(); fault.Code != "config" {
		t.Errorf("error %+v", fault)
	}
}
