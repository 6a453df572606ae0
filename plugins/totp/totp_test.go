package totp_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/plugins/totp"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

func newCall(t *testing.T) *steptest.Call {
	return steptest.New(t, totp.Type()).Subject("u1", "alice")
}

// has is the double of user_factors for a user with so many apps.
func has(apps int) steptest.Double {
	return steptest.Fake(func(abi.Nothing) (abi.Status, abi.UserFactors) {
		return abi.OK, abi.UserFactors{TOTP: apps, Password: true}
	})
}

func checks(code string) steptest.Double {
	return steptest.Fake(func(q abi.CodeCheck) (abi.Status, abi.Verified) { return abi.OK, abi.Verified{OK: q.Code == code} })
}

func TestAsks(t *testing.T) {
	got := newCall(t).Capability("user_factors", has(1)).Run()
	want := abi.Output{Prompt: &abi.Prompt{
		Title: "Enter a code", Text: "Open your authenticator app and type in the code that it shows.",
		Fields:  []abi.Field{{Name: "code", Type: abi.OTP, Label: "Code", Required: true}},
		Actions: []abi.Action{{Name: "submit", Label: "Continue"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func TestAsksInTheOperatorsWords(t *testing.T) {
	got := newCall(t).Config(`{"title":"Six digits","text":"Look at your phone."}`).Capability("user_factors", has(2)).Run()
	if got.Prompt == nil || got.Prompt.Title != "Six digits" || got.Prompt.Text != "Look at your phone." {
		t.Errorf("got %+v", got)
	}
}

func TestNoApp(t *testing.T) {
	if got := newCall(t).Capability("user_factors", has(0)).Run(); got.Outcome != "unavailable" {
		t.Errorf("got %+v", got)
	}
	for status, code := range map[abi.Status]string{abi.NotFound: "not_found", abi.Denied: "denied", abi.UpstreamFault: "upstream_fault"} {
		if got := newCall(t).Capability("user_factors", steptest.Refuse(status)).Run(); got.Error == nil || got.Error.Code != code {
			t.Errorf("%v: got %+v", status, got)
		}
	}
}

func TestAnswered(t *testing.T) {
	for code, want := range map[string]string{"123456": "ok", " 123456 ": "ok", "654321": "failed", "": "failed"} {
		c := newCall(t).Capability("totp_verify", checks("123456")).Answer("submit", map[string]string{"code": code})
		if got := c.Run(); got.Outcome != want || !cmp.Equal(c.Asked(), []string{"totp_verify"}) {
			t.Errorf("%q: got %+v after asking for %q", code, got, c.Asked())
		}
	}
}

func TestVerifyFails(t *testing.T) {
	for status, want := range map[abi.Status]string{abi.NotFound: "unavailable", abi.Denied: "denied", abi.UpstreamFault: "upstream_fault", abi.BadRequest: "bad_request"} {
		got := newCall(t).Capability("totp_verify", steptest.Refuse(status)).Answer("submit", map[string]string{"code": "123456"}).Run()
		if got.Outcome != want && (got.Error == nil || got.Error.Code != want) {
			t.Errorf("%v: got %+v", status, got)
		}
	}
}

// A guess that came too early stays on the page, which says when the next may come.
func TestTooManyGuesses(t *testing.T) {
	wait := steptest.Fake(func(abi.CodeCheck) (abi.Status, abi.Verified) { return abi.LimitReached, abi.Verified{RetryAfter: 30} })
	got := newCall(t).Capability("totp_verify", wait).Answer("submit", map[string]string{"code": "123456"}).Run()
	if got.Prompt == nil || !strings.Contains(got.Prompt.Error, "30 seconds") {
		t.Errorf("got %+v", got)
	}
}

func TestAgain(t *testing.T) {
	got := newCall(t).Capability("user_factors", has(1)).Again().Run()
	if got.Prompt == nil || !strings.Contains(got.Prompt.Fields[0].Error, "Each code counts once") {
		t.Errorf("got %+v", got)
	}
}

func TestEvidence(t *testing.T) {
	for _, tt := range []struct {
		name, config, method string
		ago                  time.Duration
		passes               bool
	}{
		{"counts", `{}`, "totp", 8 * time.Hour, true},
		{"of another factor", `{}`, "sms", 0, false},
		{"too old", `{"max_age":"1m"}`, "totp", time.Hour, false},
		{"to be asked always", `{"always":true}`, "totp", 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCall(t).Config(tt.config).Evidence(tt.method, tt.ago, "otp").Capability("user_factors", has(1))
			if got := c.Run(); (got.Outcome == "ok") != tt.passes || (len(c.Asked()) == 0) != tt.passes {
				t.Errorf("got %+v after asking for %q", got, c.Asked())
			}
		})
	}
}

func TestNobody(t *testing.T) {
	for _, c := range []*steptest.Call{
		steptest.New(t, totp.Type()), steptest.New(t, totp.Type()).Answer("submit", map[string]string{"code": "123456"}),
	} {
		if got := c.Run(); got.Error == nil || got.Error.Code != "no_subject" {
			t.Errorf("got %+v", got)
		}
	}
}
