package passkey_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/plugins/passkey"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

// begins is the double of passkey_login_options; it keeps the request.
func begins(status abi.Status, seen *abi.PasskeyOptions) steptest.Double {
	return steptest.Fake(func(q abi.PasskeyOptions) (abi.Status, abi.Nothing) {
		*seen = q
		return status, abi.Nothing{}
	})
}

func accepts(response string) steptest.Double {
	return steptest.Fake(func(q abi.PasskeyResponse) (abi.Status, abi.Verified) {
		return abi.OK, abi.Verified{OK: q.Response == response}
	})
}

// Nobody need be identified: the passkey says who it is.
func TestAsks(t *testing.T) {
	var seen abi.PasskeyOptions
	got := steptest.New(t, passkey.Type()).Capability("passkey_login_options", begins(abi.OK, &seen)).Run()
	want := abi.Output{
		Prompt: &abi.Prompt{
			Title: "Use your passkey", Text: "Your device will ask you to confirm that it is you.",
			Fields:  []abi.Field{{Name: "passkey", Type: abi.PasskeyGet, Required: true}},
			Actions: []abi.Action{{Name: "submit", Label: "Continue"}, {Name: "other", Label: "Choose another way"}},
		},
		State: []byte(`{"tries":0}`),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
	if seen.UserVerification != "required" {
		t.Errorf("asks for %+v", seen)
	}
	steptest.New(t, passkey.Type()).Config(`{"user_verification":"discouraged"}`).Capability("passkey_login_options", begins(abi.OK, &seen)).Run()
	if seen.UserVerification != "discouraged" {
		t.Errorf("asks for %+v", seen)
	}
}

func TestCanNotAsk(t *testing.T) {
	for status, want := range map[abi.Status]string{
		abi.NotFound: "unavailable", abi.Denied: "denied", abi.UpstreamFault: "upstream_fault", abi.BadRequest: "bad_request",
	} {
		got := steptest.New(t, passkey.Type()).Capability("passkey_login_options", steptest.Refuse(status)).Run()
		if got.Outcome != want && (got.Error == nil || got.Error.Code != want) {
			t.Errorf("%v: got %+v", status, got)
		}
	}
}

func TestAnswered(t *testing.T) {
	answer := func(state, response string) (*steptest.Call, abi.Output) {
		var seen abi.PasskeyOptions
		c := steptest.New(t, passkey.Type()).State(state).
			Capability("passkey_login", accepts("good")).Capability("passkey_login_options", begins(abi.OK, &seen)).
			Answer("submit", map[string]string{"passkey": response})
		return c, c.Run()
	}
	if _, got := answer(`{"tries":0}`, "good"); got.Outcome != "ok" {
		t.Errorf("got %+v", got)
	}
	// Each try has a challenge of its own, and there are three.
	for state, next := range map[string]string{`{"tries":0}`: `{"tries":1}`, `{"tries":1}`: `{"tries":2}`} {
		c, got := answer(state, "bad")
		if got.Prompt == nil || got.Prompt.Error == "" || string(got.State) != next || !cmp.Equal(c.Asked(), []string{"passkey_login", "passkey_login_options"}) {
			t.Errorf("after %s: got %+v after asking for %q", state, got, c.Asked())
		}
	}
	if c, got := answer(`{"tries":2}`, "bad"); got.Outcome != "failed" || len(c.Asked()) != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestAnotherWay(t *testing.T) {
	c := steptest.New(t, passkey.Type()).State(`{"tries":0}`).Answer("other", map[string]string{"passkey": "good"})
	if got := c.Run(); got.Outcome != "failed" || len(c.Asked()) != 0 {
		t.Errorf("got %+v after asking for %q", got, c.Asked())
	}
}

func TestCanNotVerify(t *testing.T) {
	for status, want := range map[abi.Status]string{abi.NotFound: "unavailable", abi.Denied: "denied", abi.UpstreamFault: "upstream_fault"} {
		got := steptest.New(t, passkey.Type()).State(`{"tries":0}`).Capability("passkey_login", steptest.Refuse(status)).
			Answer("submit", map[string]string{"passkey": "good"}).Run()
		if got.Outcome != want && (got.Error == nil || got.Error.Code != want) {
			t.Errorf("%v: got %+v", status, got)
		}
	}
}

// A passkey that became unavailable between two tries leads on.
func TestGoneBetweenTries(t *testing.T) {
	got := steptest.New(t, passkey.Type()).State(`{"tries":0}`).
		Capability("passkey_login", accepts("good")).Capability("passkey_login_options", steptest.Refuse(abi.NotFound)).
		Answer("submit", map[string]string{"passkey": "bad"}).Run()
	if got.Outcome != "unavailable" {
		t.Errorf("got %+v", got)
	}
}

func TestEvidence(t *testing.T) {
	for _, tt := range []struct {
		name, config, method string
		ago                  time.Duration
		passes               bool
	}{
		{"counts", `{}`, "passkey", 8 * time.Hour, true},
		{"of another factor", `{}`, "totp", 0, false},
		{"too old", `{"max_age":"1m"}`, "passkey", time.Hour, false},
		{"to be asked always", `{"always":true}`, "passkey", 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var seen abi.PasskeyOptions
			c := steptest.New(t, passkey.Type()).Config(tt.config).Subject("u1", "alice").Evidence(tt.method, tt.ago, "hwk").
				Capability("passkey_login_options", begins(abi.OK, &seen))
			if got := c.Run(); (got.Outcome == "ok") != tt.passes || (len(c.Asked()) == 0) != tt.passes {
				t.Errorf("got %+v after asking for %q", got, c.Asked())
			}
		})
	}
}

func TestStateDamaged(t *testing.T) {
	got := steptest.New(t, passkey.Type()).State(`[]`).Answer("submit", nil).Run()
	if got.Error == nil || got.Error.Code != "state" {
		t.Errorf("got %+v", got)
	}
}

func TestConfigRefused(t *testing.T) {
	if fault := steptest.New(t, passkey.Type()).Config(`{"max_age":"soon"}`).Fault(); fault.Code != "config" {
		t.Errorf("error %+v", fault)
	}
}
