package enroll_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

// sends is the double of address_enroll; it keeps the request.
func sends(seen *abi.AddressEnroll) steptest.Double {
	return steptest.Fake(func(q abi.AddressEnroll) (abi.Status, abi.OTPSent) {
		*seen = q
		return abi.OK, abi.OTPSent{To: "+1•••••01"}
	})
}

// confirms takes one code.
func confirms(code string) steptest.Double {
	return steptest.Fake(func(q abi.OTPVerify) (abi.Status, abi.Verified) { return abi.OK, abi.Verified{OK: q.Code == code} })
}

const waiting = `{"to":"+1•••••01"}`

func TestAsksForTheAddress(t *testing.T) {
	for factor, field := range map[string]abi.FieldType{"phone": abi.Tel, "email": abi.Email} {
		for more, actions := range map[string]int{"": 1, skippable: 2} {
			c := newCall(t, factor, more)
			got := c.Run()
			if got.Prompt == nil || got.Prompt.Fields[0].Type != field || !got.Prompt.Fields[0].Required || len(got.Prompt.Actions) != actions || len(c.Asked()) != 0 {
				t.Errorf("%s: got %+v after asking for %q", factor, got, c.Asked())
			}
		}
	}
}

// A number is sent on without what people put between its digits; the page then shows
// what the host says of it, and no more.
func TestSendsACode(t *testing.T) {
	for _, tt := range []struct{ factor, typed, channel, address string }{
		{"phone", " +1 (555) 555-01/01 ", "sms", "+15555550101"},
		{"email", " alice@example.com ", "email", "alice@example.com"},
	} {
		var seen abi.AddressEnroll
		got := newCall(t, tt.factor, "").Capability("address_enroll", sends(&seen)).Answer("submit", map[string]string{"address": tt.typed}).Run()
		if diff := cmp.Diff(abi.AddressEnroll{Channel: tt.channel, Address: tt.address}, seen); diff != "" {
			t.Error(diff)
		}
		if got.Prompt == nil || got.Prompt.Text != "We sent a code to +1•••••01." || string(got.State) != waiting || got.Prompt.Fields[0].Type != abi.OTP {
			t.Errorf("%s: got %+v", tt.factor, got)
		}
	}
}

func TestSendFails(t *testing.T) {
	submit := func(more string, status abi.Status) abi.Output {
		return newCall(t, "phone", more).Capability("address_enroll", steptest.Refuse(status)).Answer("submit", map[string]string{"address": "12"}).Run()
	}
	for status, says := range map[abi.Status]string{abi.BadRequest: "not a phone number", abi.LimitReached: "too soon"} {
		got := submit("", status)
		if got.Prompt == nil || !strings.Contains(got.Prompt.Fields[0].Error, says) || got.Prompt.Fields[0].Value != "12" {
			t.Errorf("%v: got %+v", status, got)
		}
	}
	for status, code := range map[abi.Status]string{abi.Denied: "denied", abi.NotFound: "not_found"} {
		if got := submit(skippable, status); got.Outcome != "skipped" {
			t.Errorf("%v, skippable: got %+v", status, got)
		}
		if got := submit("", status); got.Error == nil || got.Error.Code != code {
			t.Errorf("%v: got %+v", status, got)
		}
	}
}

func TestConfirms(t *testing.T) {
	confirm := func(d steptest.Double) abi.Output {
		return newCall(t, "phone", "").State(waiting).Capability("address_confirm", d).Answer("submit", map[string]string{"code": "123456"}).Run()
	}
	if got := confirm(confirms("123456")); got.Outcome != "ok" {
		t.Errorf("got %+v", got)
	}
	if got := confirm(confirms("654321")); got.Prompt == nil || got.Prompt.Fields[0].Error == "" || string(got.State) != waiting {
		t.Errorf("a wrong code: got %+v", got)
	}
	if got := confirm(steptest.Refuse(abi.LimitReached)); got.Prompt == nil || !strings.Contains(got.Prompt.Fields[0].Error, "Too many tries") || string(got.State) != waiting {
		t.Errorf("too many codes: got %+v", got)
	}
	if got := confirm(steptest.Refuse(abi.BadRequest)); got.Prompt == nil || got.Prompt.Fields[0].Name != "address" || got.State != nil {
		t.Errorf("too late: got %+v", got)
	}
	if got := confirm(steptest.Refuse(abi.Denied)); got.Error == nil || got.Error.Code != "denied" {
		t.Errorf("denied: got %+v", got)
	}
}

// A user who mistyped the address goes back to it; what was typed as the code is not
// checked.
func TestChangesTheAddress(t *testing.T) {
	c := newCall(t, "email", "").State(waiting).Answer("change", map[string]string{"code": "123456"})
	if got := c.Run(); got.Prompt == nil || got.Prompt.Fields[0].Name != "address" || got.State != nil || len(c.Asked()) != 0 {
		t.Errorf("got %+v after asking for %q", got, c.Asked())
	}
}

func TestSkipsAnAddress(t *testing.T) {
	for _, state := range []string{`null`, waiting} {
		c := newCall(t, "phone", skippable).State(state).Answer("skip", nil)
		if got := c.Run(); got.Outcome != "skipped" || len(c.Asked()) != 0 {
			t.Errorf("got %+v after asking for %q", got, c.Asked())
		}
	}
}

func TestAddressStateDamaged(t *testing.T) {
	if got := newCall(t, "phone", "").State(`7`).Answer("submit", nil).Run(); got.Error == nil || got.Error.Code != "state" {
		t.Errorf("got %+v", got)
	}
}
