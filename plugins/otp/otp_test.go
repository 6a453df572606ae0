package otp_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/plugins/otp"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

const sms = `{"channel":"sms"}`

// sends is the double of otp_send; it keeps the request.
func sends(status abi.Status, seen *abi.OTPSend) steptest.Double {
	return steptest.Fake(func(q abi.OTPSend) (abi.Status, abi.OTPSent) {
		*seen = q
		return status, abi.OTPSent{To: "+1•••••01"}
	})
}

func checks(code string) steptest.Double {
	return steptest.Fake(func(q abi.OTPVerify) (abi.Status, abi.Verified) {
		return abi.OK, abi.Verified{OK: q.Channel == "sms" && q.Code == code}
	})
}

func newCall(t *testing.T) *steptest.Call {
	return steptest.New(t, otp.Type()).Config(sms).Subject("u1", "alice")
}

func TestSendsAndAsks(t *testing.T) {
	var seen abi.OTPSend
	got := newCall(t).Capability("otp_send", sends(abi.OK, &seen)).Run()
	want := abi.Output{
		Prompt: &abi.Prompt{
			Title: "Enter your code", Text: "We sent a code in a text message to +1•••••01.",
			Fields:  []abi.Field{{Name: "code", Type: abi.OTP, Label: "Code", Required: true}},
			Actions: []abi.Action{{Name: "submit", Label: "Continue"}, {Name: "resend", Label: "Send another code"}},
		},
		State: []byte(`{"to":"+1•••••01"}`),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(abi.OTPSend{Channel: "sms", Length: 6, TTL: 300}, seen); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestSendsAsConfigured(t *testing.T) {
	var seen abi.OTPSend
	got := newCall(t).Config(`{"channel":"email","length":8,"ttl":"90s","text":"Code: {code}"}`).
		Capability("otp_send", sends(abi.OK, &seen)).Run()
	if diff := cmp.Diff(abi.OTPSend{Channel: "email", Length: 8, TTL: 90, Text: "Code: {code}"}, seen); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	if !strings.Contains(got.Prompt.Text, "e-mail") {
		t.Errorf("the page says %q", got.Prompt.Text)
	}
}

func TestSendFails(t *testing.T) {
	tests := []struct {
		status  abi.Status
		outcome string
		asks    bool
		code    string
	}{
		{abi.NotFound, "unavailable", false, ""},
		{abi.LimitReached, "", true, ""}, // the code before is still good
		{abi.Denied, "", false, "denied"},
		{abi.UpstreamFault, "", false, "upstream_fault"},
		{abi.BadRequest, "", false, "bad_request"},
	}
	for _, tt := range tests {
		t.Run(tt.status.String(), func(t *testing.T) {
			got := newCall(t).Capability("otp_send", steptest.Refuse(tt.status)).Run()
			if got.Outcome != tt.outcome || (got.Prompt != nil) != tt.asks {
				t.Errorf("got %+v", got)
			}
			if tt.code != "" && (got.Error == nil || got.Error.Code != tt.code) {
				t.Errorf("got %+v, want the error %q", got, tt.code)
			}
		})
	}
}

func TestAnswered(t *testing.T) {
	for code, want := range map[string]string{"123456": "ok", " 123456 ": "ok", "654321": "failed", "": ""} {
		got := newCall(t).State(`{"to":"+1•••••01"}`).Capability("otp_verify", checks("123456")).
			Answer("submit", map[string]string{"code": code}).Run()
		if got.Outcome != want {
			t.Errorf("%q: outcome %q, want %q", code, got.Outcome, want)
		}
		if want == "" && (got.Prompt == nil || !strings.Contains(got.Prompt.Text, "+1•••••01")) {
			t.Errorf("%q: got %+v, want the page again, with the address", code, got)
		}
	}
}

func TestVerifyFails(t *testing.T) {
	answered := func(status abi.Status) abi.Output {
		return newCall(t).Capability("otp_verify", steptest.Refuse(status)).
			Answer("submit", map[string]string{"code": "123456"}).Run()
	}
	if got := answered(abi.LimitReached); got.Prompt == nil || !strings.Contains(got.Prompt.Error, "wait a moment") {
		t.Errorf("limit reached: got %+v", got)
	}
	if got := answered(abi.UpstreamFault); got.Error == nil || got.Error.Code != "upstream_fault" {
		t.Errorf("a fault of the host: got %+v", got)
	}
}

// A code that was typed is not checked when the user asks for another.
func TestResend(t *testing.T) {
	var seen abi.OTPSend
	c := newCall(t).Capability("otp_send", sends(abi.OK, &seen)).Answer("resend", map[string]string{"code": "123456"})
	if got := c.Run(); got.Prompt == nil || !cmp.Equal(c.Asked(), []string{"otp_send"}) {
		t.Errorf("got %+v after asking for %q", got, c.Asked())
	}
	soon := newCall(t).State(`{"to":"+1•••••01"}`).Capability("otp_send", steptest.Refuse(abi.LimitReached)).Answer("resend", nil).Run()
	if soon.Prompt == nil || !strings.Contains(soon.Prompt.Error, "too soon") || !strings.Contains(soon.Prompt.Text, "+1•••••01") {
		t.Errorf("too soon: got %+v", soon)
	}
}

// Who is throttled is told for how long, and is not told of a code that was not sent.
func TestThrottled(t *testing.T) {
	c := newCall(t).Capability("otp_send", steptest.Fake(func(abi.OTPSend) (abi.Status, abi.OTPSent) {
		return abi.LimitReached, abi.OTPSent{RetryAfter: 60}
	}))
	got := c.Run()
	if got.Prompt == nil || !strings.Contains(got.Prompt.Error, "wait 60 seconds") || strings.Contains(got.Prompt.Text, "sent") || strings.Contains(got.Prompt.Error, "the last one") {
		t.Errorf("sending: got %+v", got.Prompt)
	}
	c = newCall(t).State(`{"to":"+1•••••01"}`).Capability("otp_verify", steptest.Fake(func(abi.OTPVerify) (abi.Status, abi.Verified) {
		return abi.LimitReached, abi.Verified{RetryAfter: 3600}
	}))
	got = c.Answer("submit", map[string]string{"code": "123456"}).Run()
	if got.Prompt == nil || !strings.Contains(got.Prompt.Error, "wait 60 minutes") || !strings.Contains(got.Prompt.Text, "+1•••••01") {
		t.Errorf("verifying: got %+v", got.Prompt)
	}
}

// After a wrong code the one that was sent is still good: no second message.
func TestAgain(t *testing.T) {
	c := newCall(t).Again()
	got := c.Run()
	if got.Prompt == nil || got.Prompt.Fields[0].Error == "" || len(c.Asked()) != 0 {
		t.Errorf("got %+v after asking for %q", got, c.Asked())
	}
}

func TestEvidence(t *testing.T) {
	tests := []struct {
		name, config, method string
		ago                  time.Duration
		passes               bool
	}{
		{"counts", sms, "sms", 8 * time.Hour, true},
		{"of the other channel", sms, "email", 0, false},
		{"too old", `{"channel":"sms","max_age":"1m"}`, "sms", time.Hour, false},
		{"to be asked always", `{"channel":"sms","always":true}`, "sms", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var seen abi.OTPSend
			c := newCall(t).Config(tt.config).Evidence(tt.method, tt.ago, "sms").Capability("otp_send", sends(abi.OK, &seen))
			got := c.Run()
			if (got.Outcome == "ok") != tt.passes || (len(c.Asked()) == 0) != tt.passes {
				t.Errorf("got %+v after asking for %q", got, c.Asked())
			}
		})
	}
}

// Under prompt=none no phone rings: the page that the host refuses is enough.
func TestNotInteractive(t *testing.T) {
	c := newCall(t).Input(func(in *abi.Input) { in.Call.Interactive = false })
	if got := c.Run(); got.Prompt == nil || len(c.Asked()) != 0 {
		t.Errorf("got %+v after asking for %q", got, c.Asked())
	}
}

func TestNobody(t *testing.T) {
	got := steptest.New(t, otp.Type()).Config(sms).Run()
	if got.Error == nil || got.Error.Code != "no_subject" {
		t.Errorf("got %+v", got)
	}
}

func TestConfigRefused(t *testing.T) {
	for _, config := range []string{`{}`, `{"channel":null}`, `{"channel":"sms","ttl":"0m"}`, `{"channel":"sms","ttl":"29s"}`, `{"channel":"sms","ttl":"601s"}`, `{"channel":"sms","ttl":"11m"}`, `{"channel":"sms","length":"6"}`} {
		if fault := steptest.New(t, otp.Type()).Config(config).Fault(); fault.Code != "config" {
			t.Errorf("%s: error %+v", config, fault)
		}
	}
}

// The bounds themselves are allowed, by the schema and by the step.
func TestLifetimes(t *testing.T) {
	for ttl, want := range map[string]int64{"30s": 30, "99s": 99, "600s": 600, "1m": 60, "10m": 600} {
		var seen abi.OTPSend
		newCall(t).Config(`{"channel":"sms","ttl":"`+ttl+`"}`).Capability("otp_send", sends(abi.OK, &seen)).Run()
		if seen.TTL != want {
			t.Errorf("%s: sent %d seconds, want %d", ttl, seen.TTL, want)
		}
	}
}
