package capability_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// choose has another password set in a new call of the step.
func (w *world) choose(i capability.CallInfo, password string) (abi.Status, abi.PasswordChosen, *capability.Call) {
	w.t.Helper()
	call := w.Call(i)
	status, answer := ask[abi.PasswordChosen](w.t, call, "password_set", abi.PasswordSet{Password: password})
	return status, answer, call
}

// verifyToChange verifies a password that has to be changed, and checks that it is
// worth nothing yet.
func (w *world) verifyToChange(i capability.CallInfo, name string) {
	w.t.Helper()
	w.change = true
	call := w.Call(i)
	status, answer := ask[abi.Verified](w.t, call, "password_verify", abi.PasswordVerify{Username: name, Password: name + "!"})
	if status != abi.OK || answer != (abi.Verified{OK: true, Change: true}) {
		w.t.Fatalf("got %v %+v", status, answer)
	}
	if call.Evidence() != nil || call.Subject() == nil {
		w.t.Fatalf("evidence %v, subject %v", call.Evidence(), call.Subject())
	}
}

func TestPasswordThatHasToBeChanged(t *testing.T) {
	w := newWorld(t)
	w.verifyToChange(info(), "alice")
	w.advance(time.Minute)
	status, answer, call := w.choose(alice(), "short")
	if status != abi.OK || answer != (abi.PasswordChosen{Reason: abi.PasswordTooShort}) || call.Evidence() != nil {
		t.Fatalf("a short one: %v %+v, evidence %v", status, answer, call.Evidence())
	}
	status, answer, call = w.choose(alice(), "a long password")
	if status != abi.OK || answer != (abi.PasswordChosen{OK: true}) {
		t.Fatalf("got %v %+v", status, answer)
	}
	if e := call.Evidence(); len(e) != 1 || e[0].Method != "pwd" || !e[0].At.Equal(start.Add(time.Minute)) {
		t.Errorf("evidence %+v", e)
	}
	// It was verified at the start: what counts is the old password, not the page.
	if diff := cmp.Diff([]string{"u_alice a long password 07:00:00"}, w.chosen); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"password.changed u_alice"}, w.events()); diff != "" {
		t.Error(diff)
	}
	if status, _, _ := w.choose(alice(), "another password"); status != abi.Denied {
		t.Errorf("a second time: %v", status)
	}
}

// The attacks: to change a password without having just proved it.
func TestPasswordSetNeedsThePasswordInThisRun(t *testing.T) {
	evidence := func(method string, fresh bool) capability.CallInfo {
		i := alice()
		i.Evidence = []abi.Evidence{{Method: method, AMR: []string{method}, At: start, Fresh: fresh}}
		return i
	}
	otherRun := alice()
	otherRun.Run = "r_2"
	ungranted := evidence("pwd", true)
	ungranted.Granted = func(name string) bool { return name == "password_verify" }
	for _, test := range []struct {
		name   string
		before func(*world)
		info   capability.CallInfo
		want   abi.Status
	}{
		{"verified in this run", nil, evidence("pwd", true), abi.OK},
		{"verified in this run, to be changed", func(w *world) { w.verifyToChange(info(), "alice") }, alice(), abi.OK},
		{"nothing verified", nil, alice(), abi.Denied},
		{"nobody", nil, info(), abi.BadRequest},
		{"verified in an earlier login of the session", nil, evidence("pwd", false), abi.Denied},
		{"another method", nil, evidence("sms", true), abi.Denied},
		{"verified in another run", func(w *world) { w.verifyToChange(info(), "alice") }, otherRun, abi.Denied},
		{"another user's password verified", func(w *world) { w.verifyToChange(info(), "bob") }, alice(), abi.Denied},
		{"verified too long ago", func(w *world) { w.verifyToChange(info(), "alice"); w.advance(time.Hour) }, alice(), abi.Denied},
		{"not granted", nil, ungranted, abi.Denied},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			if test.before != nil {
				test.before(w)
			}
			status, answer, call := w.choose(test.info, "a long password")
			if status != test.want || answer.OK != (status == abi.OK) || len(w.chosen) > 0 != answer.OK || len(call.Evidence()) > 0 != answer.OK {
				t.Errorf("got %v %+v, set %v, evidence %v", status, answer, w.chosen, call.Evidence())
			}
		})
	}
}

// The attack: prove alice's password, then name bob, and set his, in one call.
func TestPasswordSetIsTheVerifiedUsers(t *testing.T) {
	for _, change := range []bool{false, true} {
		w := newWorld(t)
		w.change = change
		first := alice()
		first.Evidence = []abi.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: start, Fresh: true}}
		call := w.Call(first)
		ask[abi.Verified](t, call, "password_verify", abi.PasswordVerify{Password: "alice!"})
		ask[abi.UserIdentified](t, call, "user_identify", abi.UserIdentify{Username: "bob"})
		status, _ := ask[abi.PasswordChosen](t, call, "password_set", abi.PasswordSet{Password: "a long password"})
		if status != abi.Denied || w.chosen != nil {
			t.Errorf("change %v: got %v, set %v", change, status, w.chosen)
		}
	}
}

func TestPasswordSetFaults(t *testing.T) {
	for err, want := range map[error]abi.Status{
		fmt.Errorf("wait: %w", account.ErrBusy): abi.LimitReached,
		account.ErrChangedSince:                 abi.Denied,
		errors.New("the store is gone"):         abi.UpstreamFault,
	} {
		w := newWorld(t)
		w.verifyToChange(info(), "alice")
		w.busy = err
		if status, _, call := w.choose(alice(), "a long password"); status != want || call.Evidence() != nil {
			t.Errorf("%v: got %v", err, status)
		}
	}
	for err, want := range map[error]abi.PasswordFault{
		account.ErrTooLong: abi.PasswordTooLong, account.ErrCharacters: abi.PasswordCharacters,
		account.ErrBreached: abi.PasswordBreached, account.ErrSame: abi.PasswordSame,
	} {
		w := newWorld(t)
		w.verifyToChange(info(), "alice")
		w.busy = fmt.Errorf("change: %w", err)
		if status, answer, _ := w.choose(alice(), "a long password"); status != abi.OK || answer != (abi.PasswordChosen{Reason: want}) {
			t.Errorf("%v: got %v %+v", err, status, answer)
		}
	}
}
