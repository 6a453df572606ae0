package enroll_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/plugins/enroll"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

// onePage is a factor that is added on one page: the capabilities of its two halves,
// and a form that the second one takes.
type onePage struct {
	factor, begin, finish string
	form                  map[string]string
	field                 abi.FieldType
}

func onePages() []onePage {
	return []onePage{
		{"passkey", "passkey_register_options", "passkey_register", map[string]string{"passkey": "good", "name": "Blue key"}, abi.PasskeyCreate},
		{"totp", "totp_enroll", "totp_confirm", map[string]string{"code": "good", "name": "Phone"}, abi.TOTPCreate},
		{"recovery-codes", "recovery_generate", "recovery_confirm", nil, abi.RecoveryCodes},
	}
}

func newCall(t *testing.T, factor, more string) *steptest.Call {
	return steptest.New(t, enroll.Type()).Config(`{"factor":"`+factor+`"`+more+`}`).Subject("u1", "alice")
}

const skippable = `,"skippable":true`

// answers is the double of any capability that is asked for nothing and answers ok.
func answers(status abi.Status) steptest.Double {
	return func([]byte) (abi.Status, []byte) { return status, []byte(`{"ok":true}`) }
}

// no answers that what was sent proves nothing.
func no() steptest.Double {
	return func([]byte) (abi.Status, []byte) { return abi.OK, []byte(`{"ok":false}`) }
}

func factors(f abi.UserFactors) steptest.Double {
	return steptest.Fake(func(abi.Nothing) (abi.Status, abi.UserFactors) { return abi.OK, f })
}

// The page asks the host for what it shows, and says what to do; there is a way past
// it only where the operator wants one.
func TestPage(t *testing.T) {
	for _, p := range onePages() {
		for more, actions := range map[string]int{"": 1, skippable: 2} {
			c := newCall(t, p.factor, more).Capability(p.begin, answers(abi.OK))
			got := c.Run()
			if got.Prompt == nil || got.Prompt.Title == "" || got.Prompt.Text == "" || got.Prompt.Error != "" ||
				len(got.Prompt.Actions) != actions || got.Prompt.Fields[0].Type != p.field || !cmp.Equal(c.Asked(), []string{p.begin}) {
				t.Errorf("%s: got %+v after asking for %q", p.factor, got, c.Asked())
			}
		}
	}
}

func TestPageInTheOperatorsWords(t *testing.T) {
	for _, p := range onePages() {
		got := newCall(t, p.factor, `,"title":"Before you go on","text":"The bank wants it."`).Capability(p.begin, answers(abi.OK)).Run()
		if got.Prompt == nil || got.Prompt.Title != "Before you go on" || got.Prompt.Text != "The bank wants it." {
			t.Errorf("%s: got %+v", p.factor, got)
		}
	}
}

func TestPasskeyAsConfigured(t *testing.T) {
	for more, want := range map[string]string{"": "required", `,"user_verification":"preferred"`: "preferred"} {
		var seen abi.PasskeyOptions
		newCall(t, "passkey", more).Capability("passkey_register_options", steptest.Fake(func(q abi.PasskeyOptions) (abi.Status, abi.Nothing) {
			seen = q
			return abi.OK, abi.Nothing{}
		})).Run()
		if seen.UserVerification != want {
			t.Errorf("asks for %+v", seen)
		}
	}
}

func TestAdds(t *testing.T) {
	for _, p := range onePages() {
		var request string
		c := newCall(t, p.factor, "").Answer("submit", p.form).Capability(p.finish, func(q []byte) (abi.Status, []byte) {
			request = string(q)
			return abi.OK, []byte(`{"ok":true}`)
		})
		if p.form == nil {
			c.Capability(p.finish, steptest.Fake(func(abi.Nothing) (abi.Status, abi.Nothing) { return abi.OK, abi.Nothing{} }))
		}
		if got := c.Run(); got.Outcome != "ok" || !cmp.Equal(c.Asked(), []string{p.finish}) {
			t.Errorf("%s: got %+v after asking for %q", p.factor, got, c.Asked())
		}
		if p.form != nil && (!strings.Contains(request, `"good"`) || !strings.Contains(request, p.form["name"])) {
			t.Errorf("%s: asked with %s", p.factor, request)
		}
	}
}

// Who may not add a factor goes on without where that is allowed, and no further
// where it is not.
func TestMayNot(t *testing.T) {
	for _, p := range onePages() {
		for status, code := range map[abi.Status]string{abi.Denied: "denied", abi.NotFound: "not_found", abi.LimitReached: "limit_reached"} {
			got := newCall(t, p.factor, skippable).Capability(p.begin, steptest.Refuse(status)).Run()
			if got.Outcome != "skipped" {
				t.Errorf("%s, skippable, %v: got %+v", p.factor, status, got)
			}
			got = newCall(t, p.factor, "").Capability(p.begin, steptest.Refuse(status)).Run()
			if got.Error == nil || got.Error.Code != code {
				t.Errorf("%s, %v: got %+v", p.factor, status, got)
			}
		}
		got := newCall(t, p.factor, skippable).Capability(p.begin, steptest.Refuse(abi.UpstreamFault)).Run()
		if got.Error == nil || got.Error.Code != "upstream_fault" {
			t.Errorf("%s, a fault of the host: got %+v", p.factor, got)
		}
	}
}

// What sufficed when the page was made may be too old when it is answered.
func TestMayNotAnyMore(t *testing.T) {
	for _, p := range onePages() {
		got := newCall(t, p.factor, "").Capability(p.finish, steptest.Refuse(abi.Denied)).Answer("submit", p.form).Run()
		if got.Error == nil || got.Error.Code != "denied" {
			t.Errorf("%s: got %+v", p.factor, got)
		}
	}
}

func TestSkips(t *testing.T) {
	for _, p := range onePages() {
		c := newCall(t, p.factor, skippable).Answer("skip", p.form)
		if got := c.Run(); got.Outcome != "skipped" || len(c.Asked()) != 0 {
			t.Errorf("%s: got %+v after asking for %q", p.factor, got, c.Asked())
		}
	}
}

// The attack: to skip what can't be skipped.
func TestSkipsWhatCanNotBeSkipped(t *testing.T) {
	for _, p := range onePages() {
		if p.factor == "recovery-codes" {
			continue // its page has nothing to answer wrongly
		}
		got := newCall(t, p.factor, "").Capability(p.begin, answers(abi.OK)).Capability(p.finish, no()).Answer("skip", nil).Run()
		if got.Prompt == nil {
			t.Errorf("%s: got %+v", p.factor, got)
		}
	}
	for _, factor := range []string{"phone", "email"} {
		c := newCall(t, factor, "").Capability("address_enroll", steptest.Refuse(abi.BadRequest)).Answer("skip", nil)
		if got := c.Run(); got.Prompt == nil {
			t.Errorf("%s: got %+v", factor, got)
		}
	}
}

// A passkey that was refused takes a new challenge; an app keeps its secret for
// another try.
func TestRefused(t *testing.T) {
	c := newCall(t, "passkey", "").Capability("passkey_register_options", answers(abi.OK)).Capability("passkey_register", no()).
		Answer("submit", map[string]string{"passkey": "bad"})
	if got := c.Run(); got.Prompt == nil || !strings.Contains(got.Prompt.Error, "not accepted") || len(c.Asked()) != 2 {
		t.Errorf("got %+v after asking for %q", got, c.Asked())
	}
	c = newCall(t, "totp", "").Capability("totp_confirm", no()).Answer("submit", map[string]string{"code": "bad"})
	if got := c.Run(); got.Prompt == nil || got.Prompt.Fields[1].Error == "" || len(c.Asked()) != 1 {
		t.Errorf("got %+v after asking for %q", got, c.Asked())
	}
}

func TestTooManyCodesOfANewApp(t *testing.T) {
	wait := steptest.Fake(func(abi.CodeCheck) (abi.Status, abi.Verified) { return abi.LimitReached, abi.Verified{RetryAfter: 30} })
	c := newCall(t, "totp", "").Capability("totp_confirm", wait).Answer("submit", map[string]string{"code": "123456"})
	if got := c.Run(); got.Prompt == nil || !strings.Contains(got.Prompt.Fields[1].Error, "30 seconds") || len(c.Asked()) != 1 {
		t.Errorf("got %+v after asking for %q", got, c.Asked())
	}
}

// A page that was open for too long is made anew, and says so.
func TestTooLate(t *testing.T) {
	for _, p := range onePages() {
		c := newCall(t, p.factor, "").Capability(p.begin, answers(abi.OK)).Capability(p.finish, steptest.Refuse(abi.BadRequest)).Answer("submit", p.form)
		got := c.Run()
		if got.Prompt == nil || !strings.Contains(got.Prompt.Error, "too long") || !cmp.Equal(c.Asked(), []string{p.finish, p.begin}) {
			t.Errorf("%s: got %+v after asking for %q", p.factor, got, c.Asked())
		}
	}
}

func TestUnlessEnrolled(t *testing.T) {
	all := abi.UserFactors{Password: true, Phone: true, Email: true, Passkeys: 1, TOTP: 1, RecoveryCodes: 1}
	for _, factor := range []string{"passkey", "totp", "recovery-codes", "phone", "email", "password"} {
		c := newCall(t, factor, `,"unless_enrolled":true`).Capability("user_factors", factors(all))
		if got := c.Run(); got.Outcome != "ok" || !cmp.Equal(c.Asked(), []string{"user_factors"}) {
			t.Errorf("%s: got %+v after asking for %q", factor, got, c.Asked())
		}
		c = newCall(t, factor, `,"unless_enrolled":true`).Capability("user_factors", factors(abi.UserFactors{}))
		for _, p := range onePages() {
			c.Capability(p.begin, answers(abi.OK))
		}
		if got := c.Run(); got.Prompt == nil {
			t.Errorf("%s, not enrolled: got %+v", factor, got)
		}
		got := newCall(t, factor, `,"unless_enrolled":true`).Capability("user_factors", steptest.Refuse(abi.UpstreamFault)).Run()
		if got.Error == nil {
			t.Errorf("%s, a fault of the host: got %+v", factor, got)
		}
	}
}

// Under prompt=none nothing is begun: the page that the host refuses is enough.
func TestNotInteractive(t *testing.T) {
	for _, p := range onePages() {
		c := newCall(t, p.factor, "").Input(func(in *abi.Input) { in.Call.Interactive = false })
		if got := c.Run(); got.Prompt == nil || len(c.Asked()) != 0 {
			t.Errorf("%s: got %+v after asking for %q", p.factor, got, c.Asked())
		}
	}
}

func TestNobody(t *testing.T) {
	for _, factor := range []string{"passkey", "totp", "recovery-codes", "phone", "email", "password"} {
		got := steptest.New(t, enroll.Type()).Config(`{"factor":"` + factor + `"}`).Run()
		if got.Error == nil || got.Error.Code != "no_subject" {
			t.Errorf("%s: got %+v", factor, got)
		}
	}
}

func TestConfigRefused(t *testing.T) {
	for _, config := range []string{`{}`, `{"factor":null}`, `{"factor":"totp","skippable":"yes"}`} {
		if fault := steptest.New(t, enroll.Type()).Config(config).Fault(); fault.Code != "config" {
			t.Errorf("%s: error %+v", config, fault)
		}
	}
}
