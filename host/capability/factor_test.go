package capability_test

import (
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/google/go-cmp/cmp"
	"github.com/pquerna/otp/totp"

	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// bobs is a call of a run about bob, who has no phone; proved are what the run has
// verified of its subject.
func bobs() capability.CallInfo { return about("u_bob", "bob") }

func proved(i capability.CallInfo, amr ...string) capability.CallInfo {
	for _, value := range amr {
		i.Evidence = append(i.Evidence, abi.Evidence{Method: value, AMR: []string{value}, At: start, Step: "before", Fresh: true})
	}
	return i
}

// status is what a new call of the step answers, without the answer.
func (w *world) status(i capability.CallInfo, name string, request any) abi.Status {
	w.t.Helper()
	status, _ := ask[map[string]any](w.t, w.Call(i), name, request)
	return status
}

// requests is a good request to each capability of factors.
func requests() map[string]any {
	return map[string]any{
		"user_factors":  abi.Nothing{},
		"passkey_login": abi.PasskeyResponse{Response: "{}"}, "passkey_login_options": abi.PasskeyOptions{},
		"passkey_register": abi.PasskeyResponse{Response: "{}"}, "passkey_register_options": abi.PasskeyOptions{},
		"totp_verify": abi.CodeCheck{Code: "123456"}, "totp_enroll": abi.Nothing{}, "totp_confirm": abi.CodeCheck{Code: "123456"},
		"recovery_verify": abi.CodeCheck{Code: "0000-0000-0000"}, "recovery_generate": abi.Nothing{}, "recovery_confirm": abi.Nothing{},
		"address_enroll": abi.AddressEnroll{Channel: "email", Address: "new@example.net"}, "address_confirm": abi.OTPVerify{Channel: "email", Code: "123456"},
	}
}

// What each capability answers when nothing was begun, by who asks and what they have
// verified. Nothing of this is evidence.
func TestFactorsRefused(t *testing.T) {
	const no = abi.OK // with ok false
	type answers = map[string]abi.Status
	for _, test := range []struct {
		name string
		info capability.CallInfo
		want answers
	}{
		{"nobody is identified", info(), answers{
			"user_factors": abi.BadRequest, "passkey_login_options": abi.OK, "passkey_login": no,
			"passkey_register_options": abi.BadRequest, "passkey_register": abi.BadRequest,
			"totp_verify": abi.BadRequest, "totp_enroll": abi.BadRequest, "totp_confirm": abi.BadRequest,
			"recovery_verify": abi.BadRequest, "recovery_generate": abi.BadRequest, "recovery_confirm": abi.BadRequest,
			"address_enroll": abi.BadRequest, "address_confirm": abi.BadRequest,
		}},
		{"a user without factors, not verified", bobs(), answers{
			"user_factors": abi.OK, "passkey_login_options": abi.NotFound, "passkey_login": no,
			"passkey_register_options": abi.Denied, "passkey_register": no,
			"totp_verify": abi.NotFound, "totp_enroll": abi.Denied, "totp_confirm": abi.BadRequest,
			"recovery_verify": abi.NotFound, "recovery_generate": abi.Denied, "recovery_confirm": abi.Denied,
			"address_enroll": abi.Denied, "address_confirm": abi.BadRequest,
		}},
		{"a user with a phone, by the password alone", proved(alice(), "pwd"), answers{
			"passkey_register_options": abi.Denied, "totp_enroll": abi.Denied, "recovery_generate": abi.Denied, "recovery_confirm": abi.Denied,
			"address_enroll": abi.Denied,
		}},
		{"a user with a phone, by both", proved(alice(), "pwd", "sms"), answers{
			"passkey_register_options": abi.OK, "totp_enroll": abi.OK, "recovery_generate": abi.OK, "recovery_confirm": abi.BadRequest,
			"address_enroll": abi.OK,
		}},
		{"a user who was disabled", proved(about("u_mallory", "mallory"), "pwd", "sms"), answers{
			"user_factors": abi.NotFound, "passkey_login_options": abi.NotFound, "passkey_login": no,
			"passkey_register_options": abi.NotFound, "passkey_register": no,
			"totp_verify": abi.NotFound, "totp_enroll": abi.NotFound, "totp_confirm": abi.BadRequest,
			"recovery_verify": abi.NotFound, "recovery_generate": abi.NotFound, "recovery_confirm": abi.BadRequest,
			"address_enroll": abi.NotFound, "address_confirm": abi.BadRequest,
		}},
		{"a user who is gone", proved(about("u_gone", "gone"), "pwd"), answers{
			"user_factors": abi.NotFound, "passkey_login_options": abi.NotFound, "totp_verify": abi.NotFound, "recovery_verify": abi.NotFound,
		}},
	} {
		for name, want := range test.want {
			t.Run(test.name+" "+name, func(t *testing.T) {
				call := newWorld(t).Call(test.info)
				status, answer := ask[map[string]any](t, call, name, requests()[name])
				if status != want || answer["ok"] == true || call.Evidence() != nil || call.Subject() != nil {
					t.Errorf("answered %v %v, evidence %v", status, answer, call.Evidence())
				}
			})
		}
	}
}

// None of them is answered without the operator's grant, nor to a request that is
// not its document.
func TestFactorsNotGrantedOrMalformed(t *testing.T) {
	denied := proved(alice(), "pwd", "sms")
	denied.Granted = func(name string) bool { return name == "user_identify" }
	for name, request := range requests() {
		w := newWorld(t)
		if got := w.status(denied, name, request); got != abi.Denied {
			t.Errorf("%s without a grant: %v", name, got)
		}
		for _, bad := range []string{``, `[]`, `{"admin":true}`, `{"code":"1","code":"2"}`, `{"response":{}}`, `{"user_id":"u_bob"}`} {
			if status, _ := w.Call(proved(alice(), "pwd", "sms")).Call(t.Context(), name, []byte(bad)); status != abi.BadRequest {
				t.Errorf("%s answers %v to %s", name, status, bad)
			}
		}
	}
	w := newWorld(t)
	for _, name := range []string{"passkey_login_options", "passkey_register_options"} {
		if got := w.status(proved(bobs(), "pwd", "otp"), name, abi.PasskeyOptions{UserVerification: "never"}); got != abi.BadRequest {
			t.Errorf("%s without a way to verify: %v", name, got)
		}
	}
}

// app adds an authenticator app to the subject of a call, in a run of its own.
func (w *world) app(i capability.CallInfo) (secret string) {
	w.t.Helper()
	if got := w.status(i, "totp_enroll", abi.Nothing{}); got != abi.OK {
		w.t.Fatalf("totp_enroll answered %v", got)
	}
	secret = w.shown(i, abi.TOTPCreate).Secret
	_, answer := ask[abi.Verified](w.t, w.Call(i), "totp_confirm", abi.CodeCheck{Code: w.codeOf(secret), Name: "Phone"})
	if !answer.OK {
		w.t.Fatal("the app was not added")
	}
	return secret
}

// codeOf is what an app shows now.
func (w *world) codeOf(secret string) string {
	w.t.Helper()
	code, err := totp.GenerateCode(secret, w.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

// shown is what the run's page has from the host.
func (w *world) shown(i capability.CallInfo, field abi.FieldType) factor.Shown {
	w.t.Helper()
	shown, err := w.Factors.Show(w.t.Context(), i.Run, field)
	if err != nil {
		w.t.Fatal(err)
	}
	return shown
}

// What the host makes for the page is not in the answer to the guest.
func TestGuestSeesNoSecret(t *testing.T) {
	w := newWorld(t)
	for name, field := range map[string]abi.FieldType{"totp_enroll": abi.TOTPCreate, "recovery_generate": abi.RecoveryCodes, "passkey_register_options": abi.PasskeyCreate} {
		i := proved(bobs(), "pwd", "otp")
		status, answer := w.Call(i).Call(t.Context(), name, []byte(`{}`))
		if status != abi.OK || string(answer) != "{}" {
			t.Errorf("%s answered %v %s", name, status, answer)
		}
		if shown := w.shown(i, field); cmp.Equal(shown, factor.Shown{}) {
			t.Errorf("%s made nothing", name)
		}
	}
}

// The host records what was proved, in its own words.
func TestFactorsAreEvidence(t *testing.T) {
	w := newWorld(t)
	secret := w.app(proved(bobs(), "pwd", "otp"))
	w.advance(time.Minute)
	i := proved(bobs(), "pwd", "otp")
	call := w.Call(i)
	if _, answer := ask[abi.Verified](t, call, "totp_verify", abi.CodeCheck{Code: w.codeOf(secret)}); !answer.OK {
		t.Fatal("the code was refused")
	}
	want := []journey.Evidence{{Method: "totp", AMR: []string{"otp"}, At: start.Add(time.Minute), Step: "sms", Digest: "sha256:abc"}}
	if diff := cmp.Diff(want, call.Evidence()); diff != "" || call.Subject().ID != "u_bob" {
		t.Errorf("%s about %v", diff, call.Subject())
	}
	// What this call verified counts for what it begins.
	if status, _ := ask[abi.Nothing](t, call, "recovery_generate", abi.Nothing{}); status != abi.OK {
		t.Fatalf("recovery_generate answered %v", status)
	}
	codes := w.shown(i, abi.RecoveryCodes).Codes
	if status, _ := ask[abi.Nothing](t, call, "recovery_confirm", abi.Nothing{}); status != abi.OK {
		t.Fatalf("recovery_confirm answered %v", status)
	}
	call = w.Call(bobs())
	_, spent := ask[abi.RecoveryVerified](t, call, "recovery_verify", abi.CodeCheck{Code: codes[0]})
	if !spent.OK || spent.Left != 9 || len(call.Evidence()) != 1 || call.Evidence()[0].Method != "recovery" || call.Evidence()[0].AMR[0] != "otp" {
		t.Errorf("answered %+v, evidence %v", spent, call.Evidence())
	}
	// Who guesses learns nothing about what is left.
	call = w.Call(bobs())
	if _, spent := ask[abi.RecoveryVerified](t, call, "recovery_verify", abi.CodeCheck{Code: codes[0]}); spent.OK || spent.Left != 0 || call.Evidence() != nil {
		t.Errorf("a code twice: %+v, evidence %v", spent, call.Evidence())
	}
}

// passkey adds a passkey to the subject of a call.
func (w *world) passkey(i capability.CallInfo) (virtualwebauthn.RelyingParty, virtualwebauthn.Authenticator, virtualwebauthn.Credential) {
	w.t.Helper()
	rp := virtualwebauthn.RelyingParty{ID: "login.example.com", Origin: "https://login.example.com"}
	device := virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(i.Subject.ID)})
	key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeRSA)
	if got := w.status(i, "passkey_register_options", abi.PasskeyOptions{}); got != abi.OK {
		w.t.Fatalf("passkey_register_options answered %v", got)
	}
	options, err := virtualwebauthn.ParseAttestationOptions(string(w.shown(i, abi.PasskeyCreate).Options))
	if err != nil {
		w.t.Fatal(err)
	}
	call := w.Call(i)
	_, answer := ask[abi.Verified](w.t, call, "passkey_register", abi.PasskeyResponse{Response: virtualwebauthn.CreateAttestationResponse(rp, device, key, *options)})
	if !answer.OK || len(call.Evidence()) != 1 || call.Evidence()[0].Method != "passkey" {
		w.t.Fatalf("passkey_register answered %+v, evidence %v", answer, call.Evidence())
	}
	return rp, device, key
}

// A passkey says whose it is when nobody was identified; what a guest makes of it, or
// whom it names in between, changes nothing.
func TestPasskeyMakesSubject(t *testing.T) {
	w := newWorld(t)
	rp, device, key := w.passkey(proved(bobs(), "pwd", "otp"))
	login := func(i capability.CallInfo, between ...string) (*capability.Call, bool) {
		t.Helper()
		call := w.Call(i)
		if status, _ := ask[abi.Nothing](t, call, "passkey_login_options", abi.PasskeyOptions{}); status != abi.OK {
			t.Fatalf("passkey_login_options answered %v", status)
		}
		options, err := virtualwebauthn.ParseAssertionOptions(string(w.shown(i, abi.PasskeyGet).Options))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range between {
			ask[abi.UserIdentified](t, call, "user_identify", abi.UserIdentify{Username: name})
		}
		key.Counter++
		_, answer := ask[abi.Verified](t, call, "passkey_login", abi.PasskeyResponse{Response: virtualwebauthn.CreateAssertionResponse(rp, device, key, *options)})
		return call, answer.OK
	}
	call, ok := login(info())
	if !ok || call.Subject().ID != "u_bob" || len(call.Evidence()) != 1 || strings.Join(call.Evidence()[0].AMR, " ") != "hwk user mfa" {
		t.Errorf("got %t, subject %v, evidence %v", ok, call.Subject(), call.Evidence())
	}
	if _, ok := login(bobs()); !ok {
		t.Error("the subject's own passkey was refused")
	}
	for _, test := range []struct {
		about capability.CallInfo
		named string
	}{{info(), "bob"}, {info(), "alice"}, {bobs(), "alice"}} {
		if call, ok := login(test.about, test.named); ok || call.Evidence() != nil {
			t.Errorf("named %s in between: evidence %v of %v", test.named, call.Evidence(), call.Subject())
		}
	}
}

// The attack: a guest begins to add a factor to one user, who may, and ends it for
// another.
func TestAnotherUserBetweenTheHalves(t *testing.T) {
	for name, test := range map[string]struct {
		begin, end string
		field      abi.FieldType
		want       abi.Status
	}{
		"app":            {"totp_enroll", "totp_confirm", abi.TOTPCreate, abi.BadRequest},
		"passkey":        {"passkey_register_options", "passkey_register", abi.PasskeyCreate, abi.OK},
		"recovery codes": {"recovery_generate", "recovery_confirm", abi.RecoveryCodes, abi.Denied},
		"e-mail address": {"address_enroll", "address_confirm", "", abi.BadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			mine := proved(bobs(), "pwd", "otp")
			if got := w.status(mine, test.begin, requests()[test.begin]); got != abi.OK {
				t.Fatalf("%s answered %v", test.begin, got)
			}
			request := requests()[test.end]
			if test.field == abi.TOTPCreate {
				request = abi.CodeCheck{Code: w.codeOf(w.shown(mine, test.field).Secret)}
			}
			call := w.Call(mine)
			ask[abi.UserIdentified](t, call, "user_identify", abi.UserIdentify{Username: "alice"})
			status, answer := ask[map[string]any](t, call, test.end, request)
			if status != test.want || answer["ok"] == true || call.Evidence() != nil {
				t.Errorf("answered %v %v, evidence %v", status, answer, call.Evidence())
			}
			if all, err := w.store.Credentials(t.Context(), "u_alice"); err != nil || len(all) != 1 {
				t.Errorf("alice has %+v, %v", all, err)
			}
		})
	}
}

// What was verified of one user never counts for a change of another's factors; back
// at the first, it does.
func TestEvidenceOfAnotherUser(t *testing.T) {
	w := newWorld(t)
	call := w.Call(proved(alice(), "pwd", "sms"))
	for _, step := range []struct {
		name string
		want abi.Status
	}{{"bob", abi.Denied}, {"alice", abi.OK}, {"bob", abi.Denied}} {
		ask[abi.UserIdentified](t, call, "user_identify", abi.UserIdentify{Username: step.name})
		if status, _ := ask[abi.Nothing](t, call, "totp_enroll", abi.Nothing{}); status != step.want {
			t.Errorf("for %s: %v", step.name, status)
		}
	}
	// A run about nobody has no evidence; if it had, it would be nobody's.
	call = w.Call(proved(info(), "pwd"))
	ask[abi.UserIdentified](t, call, "user_identify", abi.UserIdentify{Username: "bob"})
	if status, _ := ask[abi.Nothing](t, call, "totp_enroll", abi.Nothing{}); status != abi.Denied {
		t.Errorf("evidence of nobody: %v", status)
	}
	// Alice's password, verified in this call, is dropped with her.
	call = w.Call(info())
	ask[abi.Verified](t, call, "password_verify", abi.PasswordVerify{Username: "alice", Password: "alice!"})
	ask[abi.UserIdentified](t, call, "user_identify", abi.UserIdentify{Username: "bob"})
	if status, _ := ask[abi.Nothing](t, call, "totp_enroll", abi.Nothing{}); status != abi.Denied {
		t.Errorf("alice's password for bob: %v", status)
	}
}

// Enough of a kind is enough.
func TestTooManyFactors(t *testing.T) {
	w := newWorld(t)
	for n := range factor.MaxOfKind {
		c := store.Credential{ID: "totp:" + string(rune('a'+n)), UserID: "u_bob", Kind: factor.TOTP}
		if _, err := w.store.PutCredential(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.status(proved(bobs(), "pwd", "otp"), "totp_enroll", abi.Nothing{}); got != abi.LimitReached {
		t.Errorf("answered %v", got)
	}
}

// Guesses at codes wait for each other, whichever factor they are at, and a right
// code that comes too early is not spent.
func TestGuessesAtFactorsWait(t *testing.T) {
	for name, right := range map[string]func(*world) string{
		"totp_verify": func(w *world) string { return w.codeOf(w.app(proved(bobs(), "pwd", "otp"))) },
		"recovery_verify": func(w *world) string {
			i := proved(bobs(), "pwd", "otp")
			w.status(i, "recovery_generate", abi.Nothing{})
			codes := w.shown(i, abi.RecoveryCodes).Codes
			w.status(i, "recovery_confirm", abi.Nothing{})
			return codes[0]
		},
		"totp_confirm": func(w *world) string {
			w.status(proved(bobs(), "pwd", "otp"), "totp_enroll", abi.Nothing{})
			return "" // a guest that guesses has none
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			code := right(w)
			w.advance(time.Minute)
			var limited bool
			for range 20 {
				limited = limited || w.status(proved(bobs(), "pwd", "otp"), name, abi.CodeCheck{Code: "guess"}) == abi.LimitReached
			}
			if !limited {
				t.Fatal("twenty guesses were compared")
			}
			before := w.events()
			status, answer := ask[abi.Verified](t, w.Call(proved(bobs(), "pwd", "otp")), name, abi.CodeCheck{Code: code})
			if status != abi.LimitReached || answer.OK || answer.RetryAfter <= 0 || !cmp.Equal(before, w.events()) {
				t.Errorf("answered %v %+v", status, answer)
			}
		})
	}
}

// A guess at a factor is an audit event about its user, and the log says why in words
// that hold nothing of what was typed.
func TestRefusedFactorIsAudited(t *testing.T) {
	w := newWorld(t)
	w.app(proved(bobs(), "pwd", "otp"))
	w.status(bobs(), "totp_verify", abi.CodeCheck{Code: "918273"})
	if events := w.events(); events[0] != "totp.failed u_bob" {
		t.Errorf("events %q", events)
	}
	if log := w.logs.String(); strings.Contains(log, "918273") || !strings.Contains(log, "factor refused") {
		t.Errorf("log: %s", log)
	}
}
