package password_test

import (
	"strings"
	"testing"

	"github.com/acrhost/acrhost/plugins/password"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

func TestPasswordThatHasToBeChangedAsksForAnother(t *testing.T) {
	toChange := answers(abi.OK, abi.Verified{OK: true, Change: true})
	for name, run := range map[string]*steptest.Call{
		"typed":      steptest.New(t, password.Type()),
		"identified": steptest.New(t, password.Type()).Subject("u1", "alice"),
	} {
		got := run.Capability("password_verify", toChange).
			Answer("submit", map[string]string{"username": "alice", "password": "tulip"}).Run()
		if got.Outcome != "" || got.Prompt == nil || string(got.State) != `{"username":"alice"}` {
			t.Fatalf("%s: got %+v", name, got)
		}
		f := got.Prompt.Fields
		if len(f) != 3 || f[0].Value != "alice" || !f[0].ReadOnly || f[1].Type != abi.NewPassword || f[2].Type != abi.NewPassword {
			t.Errorf("%s: fields %+v", name, f)
		}
	}
}

// choose answers the page on which another password is chosen.
func choose(t *testing.T, first, second string, d steptest.Double) abi.Output {
	t.Helper()
	return steptest.New(t, password.Type()).Subject("u1", "alice").State(`{"username":"alice"}`).
		Capability("password_set", d).
		Answer("submit", map[string]string{"username": "alice", "new_password": first, "new_password_again": second}).Run()
}

func TestChosenPasswordIsSet(t *testing.T) {
	asked := 0
	d := steptest.Fake(func(q abi.PasswordSet) (abi.Status, abi.PasswordChosen) {
		asked++
		return abi.OK, abi.PasswordChosen{OK: q.Password == "new tulip"}
	})
	if got := choose(t, "new tulip", "new tulip", d); got.Outcome != "ok" {
		t.Errorf("got %+v", got)
	}
	for _, second := range []string{"new rose", "", "new tulip "} {
		got := choose(t, "new tulip", second, d)
		if got.Prompt == nil || got.Prompt.Fields[2].Error == "" || string(got.State) != `{"username":"alice"}` {
			t.Errorf("%q: got %+v", second, got)
		}
	}
	if asked != 1 {
		t.Errorf("%d passwords were set", asked)
	}
}

func TestChosenPasswordIsRefused(t *testing.T) {
	for reason, says := range map[abi.PasswordFault]string{
		abi.PasswordTooShort: "at least 8", abi.PasswordTooLong: "too long", abi.PasswordCharacters: "characters",
		abi.PasswordBreached: "Others know", abi.PasswordSame: "that you have", "": "another",
	} {
		got := choose(t, "new tulip", "new tulip", steptest.Fake(func(abi.PasswordSet) (abi.Status, abi.PasswordChosen) {
			return abi.OK, abi.PasswordChosen{Reason: reason}
		}))
		if got.Outcome != "" || got.Prompt == nil || !strings.Contains(got.Prompt.Fields[1].Error, says) || len(got.State) == 0 {
			t.Errorf("%s: got %+v", reason, got)
		}
		for _, f := range got.Prompt.Fields[1:] {
			if f.Value != "" {
				t.Error("the page shows a password")
			}
		}
	}
}

func TestChosenPasswordIsNotSet(t *testing.T) {
	if got := choose(t, "new tulip", "new tulip", steptest.Refuse(abi.LimitReached)); got.Prompt == nil || !strings.Contains(got.Prompt.Error, "wait") || len(got.State) == 0 {
		t.Errorf("busy: %+v", got)
	}
	// What was verified does not count any more: the user signs in again.
	got := choose(t, "new tulip", "new tulip", steptest.Refuse(abi.Denied))
	if got.Prompt == nil || got.Prompt.Fields[1].Name != "password" || len(got.State) != 0 || !strings.Contains(got.Prompt.Error, "once more") {
		t.Errorf("denied: %+v", got)
	}
	if got := choose(t, "new tulip", "new tulip", steptest.Refuse(abi.UpstreamFault)); got.Error == nil || got.Error.Code != "upstream_fault" {
		t.Errorf("a fault of the host: %+v", got)
	}
}
