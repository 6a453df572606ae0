package requireacr_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/plugins/requireacr"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

// The predefined values.
const (
	oneAny    = "urn:okta:loa:1fa:any"
	onePwd    = "urn:okta:loa:1fa:pwd"
	twoAny    = "urn:okta:loa:2fa:any"
	twoIf     = "urn:okta:loa:2fa:any:ifpossible"
	phr       = "phr"
	phrh      = "phrh"
	configure = `{"values":[{"acr":"urn:okta:loa:1fa:any"},{"acr":"urn:okta:loa:1fa:pwd"},{"acr":"urn:okta:loa:2fa:any"},
		{"acr":"urn:okta:loa:2fa:any:ifpossible"},{"acr":"phr"},{"acr":"phrh"}],
		"methods":["password","sms","totp","passkey"],"variable":"needs"}`
)

// factors are what a user has, by name.
func factors(names string) abi.UserFactors {
	has := func(name string) bool { return strings.Contains(" "+names+" ", " "+name+" ") }
	count := map[bool]int{true: 1}
	return abi.UserFactors{
		Password: has("password"), Phone: has("sms"), Email: has("email"),
		TOTP: count[has("totp")], Passkeys: count[has("passkey")],
	}
}

// prove adds evidence: password, sms, email, totp, hwk, pop or swk (a passkey).
func prove(c *steptest.Call, what string, ago time.Duration) {
	switch what {
	case "password":
		c.Evidence("pwd", ago, "pwd")
	case "sms":
		c.Evidence("sms", ago, "sms")
	case "email", "totp":
		c.Evidence(what, ago, "otp")
	case "hwk", "pop", "swk":
		c.Evidence("passkey", ago, what, "user", "mfa")
	default:
		c.Evidence("upstream", ago, strings.Split(what, "+")...)
	}
}

// call is a call for alice, who has these factors and proved those a minute ago.
func call(t testing.TB, config, requested, has, proved string) *steptest.Call {
	c := steptest.New(t, requireacr.Type()).Subject("u1", "alice").Config(config).
		Input(func(in *abi.Input) { in.Request.ACRValues = strings.Fields(requested) }).
		Capability("user_factors", steptest.Fake(func(abi.Nothing) (abi.Status, abi.UserFactors) { return abi.OK, factors(has) }))
	for what := range strings.FieldsSeq(proved) {
		prove(c, what, time.Minute)
	}
	return c
}

// said is an answer in a line: the outcome, then the acr or the method.
func said(out abi.Output) string {
	needs, _ := out.Vars["needs"].(string)
	return strings.TrimSpace(out.Outcome + " " + strings.Trim(string(out.ACR), `"`) + needs)
}

func TestEvaluates(t *testing.T) {
	tests := []struct {
		name, requested, has, proved string
		want                         string
	}{
		{"nothing requested", "", "password", "password", "met"},
		{"only unsupported ones are ignored", "gold silver", "password", "", "met"},
		{"an unsupported one beside another", "gold " + oneAny, "password", "password", "met " + oneAny},

		{"any one factor: none", oneAny, "password", "", "unmet password"},
		{"any one factor: the password", oneAny, "password", "password", "met " + oneAny},
		{"any one factor: a code", oneAny, "password sms", "sms", "met " + oneAny},
		{"any one factor: a login elsewhere", oneAny, "password", "geo", "met " + oneAny},
		{"any one factor: a user with none", oneAny, "", "", "unmet none"},

		{"the password: a passkey is none", onePwd, "password passkey", "hwk", "unmet password"},
		{"the password", onePwd, "password", "password", "met " + onePwd},
		{"the password: with more", onePwd, "password sms", "password sms", "met " + onePwd},
		{"the password: a user without one adds it", onePwd, "passkey", "hwk", "enroll password"},

		{"two factors: nothing yet", twoAny, "password sms", "", "unmet password"},
		{"two factors: the second", twoAny, "password sms", "password", "unmet sms"},
		{"two factors: the other way round", twoAny, "password sms", "sms", "unmet password"},
		{"two factors: both", twoAny, "password sms", "password sms", "met " + twoAny},
		{"two factors: a passkey that verified its user is both", twoAny, "passkey", "hwk", "met " + twoAny},
		{"two factors: a passkey is the shortest way", twoAny, "password sms passkey", "", "unmet passkey"},
		{"two factors: two of a kind are one", twoAny, "sms totp", "sms totp", "enroll password"},
		{"two factors: said elsewhere", twoAny, "password", "pwd+mfa", "met " + twoAny},
		{"two factors: the password first, then enrol", twoAny, "password", "", "unmet password"},
		{"two factors: enrol", twoAny, "password", "password", "enroll sms"},

		{"if possible: one from who has one", twoIf, "password", "password", "met " + twoIf},
		{"if possible: two from who has two", twoIf, "password totp", "password", "unmet totp"},
		{"if possible: both", twoIf, "password totp", "password totp", "met " + twoIf},
		{"if possible: two of a kind are one", twoIf, "sms totp", "sms", "met " + twoIf},
		{"if possible: nothing yet", twoIf, "password", "", "unmet password"},

		{"phishing-resistant: the password and a code are not", phr, "password sms passkey", "password sms", "unmet passkey"},
		{"phishing-resistant: a passkey", phr, "passkey", "hwk", "met " + phr},
		{"phishing-resistant: a passkey that stays on its device", phr, "passkey", "pop", "met " + phr},
		{"phishing-resistant: a synced passkey is bound to no device", phr, "passkey", "swk", "unmet none"},
		{"phishing-resistant: enrol by the password", phr, "password", "password", "enroll passkey"},
		{"phishing-resistant: enrol takes both factors of who has two", phr, "password sms", "password", "unmet sms"},
		{"phishing-resistant: enrol", phr, "password sms", "password sms", "enroll passkey"},

		{"in hardware: a passkey that stays there", phrh, "passkey", "hwk", "met " + phrh},
		{"in hardware: on a device is not enough", phrh, "passkey", "pop", "unmet none"},
		{"in hardware: a synced one is asked for once", phrh, "passkey", "", "unmet passkey"},
		{"in hardware: a synced one is not enough", phrh, "passkey", "swk", "unmet none"},

		{"the first that can be met", phr + " " + twoAny, "password sms passkey", "password sms", "unmet passkey"},
		{"the first can't be", phr + " " + twoAny, "password sms", "password sms", "met " + twoAny},
		{"the first can't be, the second not yet", phr + " " + twoAny, "password sms", "password", "unmet sms"},
		{"none can be: the first that could be after enrolling", phr + " " + twoAny, "password", "password", "enroll passkey"},
		{"the order is the client's", onePwd + " " + twoAny, "password sms", "password sms", "met " + onePwd},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := said(call(t, configure, tt.requested, tt.has, tt.proved).Run()); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// Where nobody can be asked, what is met counts, not what could be.
func TestNotInteractive(t *testing.T) {
	silent := func(in *abi.Input) { in.Call.Interactive = false }
	got := call(t, configure, phr+" "+twoAny, "password sms passkey", "password sms").Input(silent).Run()
	if said(got) != "met "+twoAny {
		t.Errorf("got %q", said(got))
	}
	if got := call(t, configure, phr, "password passkey", "password").Input(silent).Run(); said(got) != "unmet passkey" {
		t.Errorf("nothing met: %q", said(got))
	}
}

// Any value can be supported, by sets of amr values.
func TestOwnValues(t *testing.T) {
	const config = `{"values":[{"acr":"gold","requires":[["hwk","user"],["pwd","otp"]]},{"acr":"silver","requires":[["pwd"]]},{"acr":"phr","requires":[["hwk"]]},
		{"acr":"geo","requires":[["geo"]]}],"default":"silver","methods":["password","email","totp","passkey"],"variable":"needs"}`
	tests := []struct{ name, requested, has, proved, want string }{
		{"the default", "", "password", "", "unmet password"},
		{"the default, met", "other", "password", "password", "met silver"},
		{"one set", "gold", "password email", "password", "unmet email"},
		{"one set, met", "gold", "password email", "password email", "met gold"},
		{"the other set", "gold", "password passkey", "password", "unmet passkey"},
		{"the shorter", "gold", "password email passkey", "", "unmet passkey"},
		{"the preferred", "gold", "password email totp", "password", "unmet email"},
		{"another meaning of a predefined value", "phr", "password passkey", "swk", "unmet none"},
		{"what no method brings", "geo", "password", "password", "unmet none"},
		{"what no method brings, from elsewhere", "geo", "password", "geo", "met geo"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := said(call(t, config, tt.requested, tt.has, tt.proved).Run()); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// Each value has a clock of its own.
func TestMaxAge(t *testing.T) {
	const config = `{"values":[{"acr":"phr","max_age":"15m"},{"acr":"urn:okta:loa:2fa:any","max_age":"1h"},{"acr":"urn:okta:loa:1fa:pwd","max_age":"8h"}],
		"methods":["password","totp","passkey"],"variable":"needs","enroll_max_age":"5m"}`
	tests := []struct {
		name, requested, has string
		proved               map[string]time.Duration
		want                 string
	}{
		{"young enough", phr, "passkey", map[string]time.Duration{"hwk": 15 * time.Minute}, "met phr"},
		{"too old", phr, "passkey", map[string]time.Duration{"hwk": 16 * time.Minute}, "unmet passkey"},
		{"too old for one, not for another", onePwd, "password", map[string]time.Duration{"password": 8 * time.Hour}, "met " + onePwd},
		{"one of two is too old", twoAny, "password totp", map[string]time.Duration{"password": 2 * time.Hour, "totp": 59 * time.Minute}, "unmet password"},
		{"the other", twoAny, "password totp", map[string]time.Duration{"password": time.Hour, "totp": 61 * time.Minute}, "unmet totp"},
		{"both", twoAny, "password totp", map[string]time.Duration{"password": time.Hour, "totp": time.Hour}, "met " + twoAny},
		{"a passkey level never asks for a code", phr, "password totp passkey",
			map[string]time.Duration{"password": 9 * time.Hour, "totp": 9 * time.Hour, "hwk": 9 * time.Hour}, "unmet passkey"},
		{"too old to enrol by", phr, "password", map[string]time.Duration{"password": 6 * time.Minute}, "unmet password"},
		{"young enough to enrol by", phr, "password", map[string]time.Duration{"password": 5 * time.Minute}, "enroll passkey"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := call(t, config, tt.requested, tt.has, "")
			for what, ago := range tt.proved {
				prove(c, what, ago)
			}
			if got := said(c.Run()); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSetsNothing(t *testing.T) {
	config := strings.Replace(configure, `"variable":"needs"`, `"set":false`, 1)
	for _, proved := range []string{"password", ""} {
		got := call(t, config, onePwd, "password", proved).Run()
		if got.ACR != nil || got.Vars != nil {
			t.Errorf("got %+v", got)
		}
	}
}

func TestFails(t *testing.T) {
	nobody := steptest.New(t, requireacr.Type()).Config(configure).Run()
	if diff := cmp.Diff("no_subject", nobody.Error.Code); diff != "" {
		t.Error(diff)
	}
	denied := call(t, configure, phr, "", "").Capability("user_factors", steptest.Refuse(abi.Denied)).Run()
	if diff := cmp.Diff("denied", denied.Error.Code); diff != "" {
		t.Error(diff)
	}
	stray := call(t, strings.Replace(configure, `"methods"`, `"default":"gold","methods"`, 1), "", "", "").Run()
	if stray.Error == nil || !strings.Contains(stray.Error.Message, "gold") {
		t.Errorf("got %+v", stray)
	}
}

func TestRefuses(t *testing.T) {
	for _, config := range []string{
		`{}`, `{"values":[],"methods":["password"]}`, `{"values":[{"acr":"phr"}]}`,
		`{"values":[{"acr":"phr"}],"methods":["fax"]}`, `{"values":[{"acr":"phr","requires":"hwk"}],"methods":["passkey"]}`,
	} {
		if steptest.New(t, requireacr.Type()).Config(config).Fault(); t.Failed() {
			t.Errorf("%s", config)
		}
	}
	fault := call(t, `{"values":[{"acr":"gold"}],"methods":["password"]}`, "gold", "", "").Fault()
	if !strings.Contains(fault.Message, "gold") {
		t.Errorf("got %+v", fault)
	}
}
