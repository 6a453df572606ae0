package capability_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

func TestNames(t *testing.T) {
	want := []string{
		"address_confirm", "address_enroll", "consent_check", "consent_give", "http_fetch", "otp_send", "otp_verify",
		"passkey_login", "passkey_login_options", "passkey_register", "passkey_register_options", "password_set", "password_verify",
		"recovery_confirm", "recovery_generate", "recovery_verify",
		"totp_confirm", "totp_enroll", "totp_verify", "upstream_begin", "upstream_finish", "user_factors", "user_identify",
	}
	if diff := cmp.Diff(want, capability.Names()); diff != "" {
		t.Error(diff)
	}
	for _, name := range capability.Untimed() {
		if !slices.Contains(want, name) {
			t.Errorf("%s is untimed and does not exist", name)
		}
	}
}

func TestPasswordMakesSubjectAndEvidence(t *testing.T) {
	w := newWorld(t)
	call := w.Call(info())
	status, answer := ask[abi.Verified](t, call, "password_verify", abi.PasswordVerify{Username: "Alice", Password: "alice!"})
	if status != abi.OK || !answer.OK {
		t.Fatalf("got %v %+v", status, answer)
	}
	want := []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: start, Step: "sms", Digest: "sha256:abc"}}
	if diff := cmp.Diff(want, call.Evidence()); diff != "" {
		t.Error(diff)
	}
	subject := &abi.Subject{ID: "u_alice", Username: "alice", Claims: map[string]any{"name": "Alice"}}
	if diff := cmp.Diff(subject, call.Subject()); diff != "" {
		t.Error(diff)
	}
}

// A flood of passwords is a limit that the step can tell the user of: it ends
// nobody's login. Another fault of the accounts is no answer.
func TestBusyAccounts(t *testing.T) {
	for err, want := range map[error]abi.Status{
		fmt.Errorf("wait: %w", account.ErrBusy): abi.LimitReached,
		errors.New("the store is gone"):         abi.UpstreamFault,
	} {
		w := newWorld(t)
		w.busy = err
		call := w.Call(info())
		status, _ := ask[abi.Verified](t, call, "password_verify", abi.PasswordVerify{Username: "alice", Password: "alice!"})
		if status != want || call.Subject() != nil || call.Evidence() != nil {
			t.Errorf("%v: got %v, subject %v, evidence %v", err, status, call.Subject(), call.Evidence())
		}
	}
}

// An unknown user, a disabled one and a wrong password cannot be told apart.
func TestFailedPasswordsAreAlike(t *testing.T) {
	for name, q := range map[string]abi.PasswordVerify{
		"wrong password": {Username: "alice", Password: "alice"},
		"unknown user":   {Username: "nobody", Password: "alice!"},
		"disabled user":  {Username: "mallory", Password: "mallory!"},
		"no password":    {Username: "alice"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			call := w.Call(info())
			status, answer := ask[abi.Verified](t, call, "password_verify", q)
			if status != abi.OK || answer != (abi.Verified{}) || w.work != 1 {
				t.Errorf("got %v %+v after %d hashes", status, answer, w.work)
			}
			if call.Subject() != nil || call.Evidence() != nil {
				t.Errorf("subject %v, evidence %v", call.Subject(), call.Evidence())
			}
			if diff := cmp.Diff([]string{"password.failed "}, w.events()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Once a run is about somebody, a guest can't have another's password checked.
func TestPasswordIsTheSubjects(t *testing.T) {
	for _, test := range []struct {
		name    string
		info    capability.CallInfo
		request abi.PasswordVerify
		status  abi.Status
		ok      bool
	}{
		{"the subject's", alice(), abi.PasswordVerify{Password: "alice!"}, abi.OK, true},
		{"the subject's, by name", alice(), abi.PasswordVerify{Username: "ALICE", Password: "alice!"}, abi.OK, true},
		{"the subject's, in full width", alice(), abi.PasswordVerify{Username: "ａｌｉｃｅ", Password: "alice!"}, abi.OK, true},
		{"no name at all", alice(), abi.PasswordVerify{Username: " ", Password: "alice!"}, abi.BadRequest, false},
		{"another's password", alice(), abi.PasswordVerify{Password: "bob!"}, abi.OK, false},
		{"another's name and password", alice(), abi.PasswordVerify{Username: "bob", Password: "bob!"}, abi.BadRequest, false},
		{"a name that went to another account", about("u_old", "alice"), abi.PasswordVerify{Password: "alice!"}, abi.OK, false},
		{"nobody's", info(), abi.PasswordVerify{Password: "alice!"}, abi.BadRequest, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			call := newWorld(t).Call(test.info)
			status, answer := ask[abi.Verified](t, call, "password_verify", test.request)
			if status != test.status || answer.OK != test.ok || (len(call.Evidence()) == 1) != test.ok {
				t.Errorf("got %v %+v, evidence %v", status, answer, call.Evidence())
			}
		})
	}
}

func TestIdentify(t *testing.T) {
	for name, status := range map[string]abi.Status{
		"alice": abi.OK, "ALICE": abi.OK, "nobody": abi.NotFound, "mallory": abi.NotFound, "": abi.BadRequest,
	} {
		t.Run(name, func(t *testing.T) {
			call := newWorld(t).Call(info())
			got, answer := ask[abi.UserIdentified](t, call, "user_identify", abi.UserIdentify{Username: name})
			if got != status || (call.Subject() != nil) != (status == abi.OK) || call.Evidence() != nil {
				t.Errorf("got %v, subject %v, evidence %v", got, call.Subject(), call.Evidence())
			}
			if status == abi.OK && answer.Subject.ID != "u_alice" {
				t.Errorf("subject %+v", answer.Subject)
			}
		})
	}
}

// The attack: prove alice's password, then name bob, in one call.
func TestEvidenceDoesNotPassToAnother(t *testing.T) {
	w := newWorld(t)
	call := w.Call(info())
	ask[abi.Verified](t, call, "password_verify", abi.PasswordVerify{Username: "alice", Password: "alice!"})
	ask[abi.UserIdentified](t, call, "user_identify", abi.UserIdentify{Username: "bob"})
	if call.Subject().ID != "u_bob" || call.Evidence() != nil {
		t.Errorf("subject %v has evidence %v", call.Subject(), call.Evidence())
	}
	// Back to alice: hers was dropped, and does not come back.
	ask[abi.UserIdentified](t, call, "user_identify", abi.UserIdentify{Username: "alice"})
	if call.Evidence() != nil {
		t.Errorf("evidence %v came back", call.Evidence())
	}
	// Who was identified in this call is whose password is checked.
	status, _ := ask[abi.Verified](t, call, "password_verify", abi.PasswordVerify{Username: "bob", Password: "bob!"})
	if status != abi.BadRequest {
		t.Errorf("another user's password: %v", status)
	}
}

func TestOnlyWhatIsGranted(t *testing.T) {
	w := newWorld(t)
	nothing := info()
	nothing.Granted = nil
	some := info()
	some.Granted = func(name string) bool { return name == "user_identify" || name == "made_up" }
	request := []byte(`{"username":"alice","password":"alice!"}`)
	for _, i := range []capability.CallInfo{nothing, some} {
		for _, name := range []string{"password_verify", "made_up", ""} {
			call := w.Call(i)
			if status, _ := call.Call(t.Context(), name, request); status != abi.Denied || call.Evidence() != nil {
				t.Errorf("%q: %v", name, status)
			}
		}
	}
}

// Requests are read strictly, and what was in them is never logged.
func TestMalformedRequests(t *testing.T) {
	w := newWorld(t)
	const secret = "alice!"
	for _, request := range []string{
		``, `null1`, `[]`, `"x"`, `{`, `{"username":"alice","password":"` + secret + `"} x`,
		`{"username":"alice","password":"` + secret + `","admin":true}`,
		`{"username":"bob","username":"alice","password":"` + secret + `"}`,
		`{"Username":"alice","password":"` + secret + `"}`,
		`{"username":"alice","password":["` + secret + `"]}`,
		"{\"username\":\"alice\xff\",\"password\":\"" + secret + "\"}",
		`{"username":"alice","password":"` + strings.Repeat("x", 64<<10) + `"}`,
	} {
		call := w.Call(info())
		if status, _ := call.Call(t.Context(), "password_verify", []byte(request)); status != abi.BadRequest {
			t.Errorf("%.60q: %v", request, status)
		}
	}
	if w.work != 0 {
		t.Errorf("%d passwords were checked", w.work)
	}
	if log := w.logs.String(); !strings.Contains(log, "refused") || strings.Contains(log, secret) {
		t.Errorf("log: %s", log)
	}
}

// Whatever bytes a guest sends: no panic, a status of the ABI, evidence only with
// a right answer.
func FuzzCall(f *testing.F) {
	f.Add("password_verify", []byte(`{"username":"alice","password":"alice!"}`))
	f.Add("user_identify", []byte(`{"username":"bob"}`))
	f.Add("password_set", []byte(`{"password":"another one"}`))
	f.Add("otp_send", []byte(`{"channel":"sms","length":10,"ttl_seconds":60,"text":"{code}"}`))
	f.Add("otp_verify", []byte(`{"channel":"sms","code":"123456"}`))
	f.Add("http_fetch", []byte(`{"url":"http://127.0.0.1/","headers":{"a":"b"}}`))
	f.Fuzz(func(t *testing.T, name string, request []byte) {
		call := newWorld(t).Call(alice())
		status, answer := call.Call(t.Context(), name, request)
		if status < abi.OK || status > abi.LimitReached || status == abi.OK && answer == nil || answer != nil && status != abi.OK && status != abi.LimitReached {
			t.Errorf("%s: %v %s", name, status, answer)
		}
		verified := slices.Contains([]string{"password_verify", "otp_verify"}, name) && string(answer) == `{"ok":true}`
		if (len(call.Evidence()) > 0) != verified {
			t.Errorf("%s: %s gave evidence %v", name, answer, call.Evidence())
		}
	})
}
