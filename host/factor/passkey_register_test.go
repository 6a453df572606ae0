package factor_test

import (
	"slices"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// beginRegistration begins to add a passkey in a run, and gives the page's options.
func (w *world) beginRegistration(run, user string) []byte {
	w.t.Helper()
	w.ok(w.BeginPasskeyRegistration(w.t.Context(), run, user, "", w.both()))
	return w.show(run, abi.PasskeyCreate).Options
}

func (w *world) finishRegistration(run, user, response string) error {
	_, err := w.FinishPasskeyRegistration(w.t.Context(), run, user, response, "", w.both())
	return err
}

// A passkey is added only when all of the answer is right; the first attack changes
// nothing, and adds one.
func TestForgedRegistrations(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*answer)
		why    string
	}{
		{"nothing changed", func(*answer) {}, ""},
		{"wrong origin", func(a *answer) { a.origin = "https://evil.example" }, "origin"},
		{"wrong RP ID", func(a *answer) { a.rpID = "evil.example" }, "RP Hash"},
		{"the type of a login", func(a *answer) { a.kind = "webauthn.get" }, "type"},
		{"a challenge of its own", func(a *answer) { a.challenge = base64URL(make([]byte, 32)) }, "challenge"},
		{"no user verification", func(a *answer) { a.flags = userPresent }, "User verification"},
		{"no user presence", func(a *answer) { a.flags = userVerified }, "User presence"},
		{"synced, though it can't be", func(a *answer) { a.flags |= backupState }, "Backup State"},
		{"a credential of another type", func(a *answer) { a.public = "password" }, "public-key"},
		{"no attestation object", func(a *answer) { a.signed = func(r map[string]any) { delete(r, "attestationObject") } }, ""},
		{"a name that is too long", func(a *answer) {
			other := *a.device
			other.key.ID = slices.Repeat([]byte{7}, 1024)
			a.device = &other
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, d := newWorld(t), deviceOf(alice)
			options := w.beginRegistration("r_1", alice)
			a := answering(t, d, "webauthn.create", options)
			test.change(&a)
			err := w.finishRegistration("r_1", alice, a.create())
			if test.name == "nothing changed" {
				w.ok(err)
				return
			}
			refused(t, err, factor.ErrRefused, test.why)
			refused(t, w.finishRegistration("r_1", alice, d.attest(t, options)), factor.ErrRefused, "no such challenge")
			if kept := w.credentials(alice, factor.Passkey); kept != nil || len(w.sent) > 0 {
				t.Errorf("kept %+v, sent %+v", kept, w.sent)
			}
		})
	}
}

// An attestation that does not fit what it attests is refused, although which
// authenticators are good is not judged.
func TestForgedAttestation(t *testing.T) {
	w, d := newWorld(t), deviceOf(alice)
	options := w.beginRegistration("r_1", alice)
	d.rp.Origin = "https://evil.example"
	refused(t, w.finishRegistration("r_1", alice, d.attest(t, options)), factor.ErrRefused, "origin")
	d.rp.Origin = issuer
	refused(t, w.finishRegistration("r_1", alice, d.attest(t, options)), factor.ErrRefused, "no such challenge")
}

func TestReplayedRegistration(t *testing.T) {
	w, d := newWorld(t), deviceOf(alice)
	response := d.attest(t, w.beginRegistration("r_1", alice))
	w.ok(w.finishRegistration("r_1", alice, response))
	refused(t, w.finishRegistration("r_1", alice, response), factor.ErrRefused, "no such challenge")
	w.beginRegistration("r_1", alice)
	refused(t, w.finishRegistration("r_1", alice, response), factor.ErrRefused, "challenge")
}

func TestRegistrationOfAnotherRun(t *testing.T) {
	w, d := newWorld(t), deviceOf(alice)
	response := d.attest(t, w.beginRegistration("r_1", alice))
	refused(t, w.finishRegistration("r_2", alice, response), factor.ErrRefused, "no such challenge")
	w.beginRegistration("r_2", alice)
	refused(t, w.finishRegistration("r_2", alice, response), factor.ErrRefused, "challenge")
}

func TestRegistrationTooLate(t *testing.T) {
	w, d := newWorld(t), deviceOf(alice)
	response := d.attest(t, w.beginRegistration("r_1", alice))
	w.advance(10 * time.Minute)
	refused(t, w.finishRegistration("r_1", alice, response), factor.ErrRefused, "no such challenge")
}

// The passkey is that of the user for whom the page was made, or nobody's.
func TestRegistrationForAnotherUser(t *testing.T) {
	w, d := newWorld(t), deviceOf(alice)
	response := d.attest(t, w.beginRegistration("r_1", alice))
	refused(t, w.finishRegistration("r_1", bob, response), factor.ErrRefused, "another user")
	if w.credentials(alice, factor.Passkey) != nil || w.credentials(bob, factor.Passkey) != nil {
		t.Error("somebody has the passkey")
	}
}

// One passkey belongs to one user: a second one can't register it and be taken for
// the first.
func TestPasskeyRegisteredForASecondUser(t *testing.T) {
	w := newWorld(t)
	d := w.registered(alice, deviceOf(alice))
	for _, user := range []string{bob, alice} {
		response := answering(t, d, "webauthn.create", w.beginRegistration("r_1", user)).create()
		refused(t, w.finishRegistration("r_1", user, response), factor.ErrRefused, "somebody's already")
	}
	if len(w.credentials(bob, factor.Passkey)) != 0 || len(w.credentials(alice, factor.Passkey)) != 1 {
		t.Error("the passkey changed hands")
	}
	_, err := w.finish("r_2", "", d.assert(t, w.begin("r_2", "")))
	w.ok(err)
}

func TestRegistrationOfADisabledUser(t *testing.T) {
	w, d := newWorld(t), deviceOf(alice)
	refused(t, w.BeginPasskeyRegistration(t.Context(), "r_1", mallory, "", w.both()), factor.ErrNone, "")
	response := d.attest(t, w.beginRegistration("r_1", alice))
	w.change(alice, disabled)
	refused(t, w.finishRegistration("r_1", alice, response), factor.ErrNone, "")
}
