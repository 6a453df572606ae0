package factor_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// newCodes begins to make codes, and reads them off the page.
func (w *world) newCodes(run, user string) []string {
	w.t.Helper()
	w.ok(w.BeginRecovery(w.t.Context(), run, user, w.both()))
	return w.show(run, abi.RecoveryCodes).Codes
}

// codesOf are codes that the user has.
func (w *world) codesOf(user string) []string {
	w.t.Helper()
	codes := w.newCodes("codes "+user, user)
	w.ok(w.FinishRecovery(w.t.Context(), "codes "+user, user, w.both()))
	return codes
}

func (w *world) spend(user, code string) error {
	_, _, err := w.SpendRecovery(w.t.Context(), user, code)
	return err
}

// Ten codes, each of which counts once, however it is typed.
func TestRecoveryCodes(t *testing.T) {
	w := newWorld(t)
	codes := w.codesOf(alice)
	for i, code := range codes {
		if !regexp.MustCompile(`^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){2}$`).MatchString(code) {
			t.Errorf("code %q", code)
		}
		typed := []string{code, strings.ToUpper(code), strings.ReplaceAll(code, "-", " "), " " + strings.ReplaceAll(code, "-", ""), strings.NewReplacer("0", "o", "1", "l").Replace(code)}[i%5]
		proof, left, err := w.SpendRecovery(t.Context(), alice, typed)
		if err != nil || left != 9-i || proof.User.ID != alice || strings.Join(proof.AMR, " ") != "otp" {
			t.Errorf("%q: %+v, %d left, %v", typed, proof, left, err)
		}
		refused(t, w.spend(alice, code), factor.ErrRefused, "used before")
	}
	if has, err := w.Of(t.Context(), alice); err != nil || has.RecoveryCodes != 0 {
		t.Errorf("has %+v, %v", has, err)
	}
}

// A spent code is an audit event and a message: who did not spend it wants to know.
func TestRecoveryCodeIsTold(t *testing.T) {
	w := newWorld(t)
	codes := w.codesOf(alice)
	w.sent = nil
	w.ok(w.spend(alice, codes[3]))
	if events := w.events(); events[len(events)-1] != "factor.used "+alice || len(w.sent) != 1 || !strings.Contains(w.sent[0].Text, "A recovery code was used to sign in to the account alice") {
		t.Errorf("events %q, sent %+v", events, w.sent)
	}
	w.holdNo(t, codes)
}

func TestRecoveryCodeAtTheSameMoment(t *testing.T) {
	w := newWorld(t)
	codes := w.codesOf(alice)
	if n := won(32, func(int) error { return w.spend(alice, codes[0]) }); n != 1 {
		t.Errorf("the code counted %d times", n)
	}
	if has, err := w.Of(t.Context(), alice); err != nil || has.RecoveryCodes != 9 {
		t.Errorf("has %+v, %v", has, err)
	}
}

func TestRecoveryCodeOfAnotherUser(t *testing.T) {
	w := newWorld(t)
	codes := w.codesOf(bob)
	refused(t, w.spend(alice, codes[0]), factor.ErrNone, "")
	w.codesOf(alice)
	refused(t, w.spend(alice, codes[0]), factor.ErrRefused, "none of the user's")
	w.ok(w.spend(bob, codes[0]))
}

func TestWrongRecoveryCodes(t *testing.T) {
	w := newWorld(t)
	codes := w.codesOf(alice)
	for _, code := range []string{"", "-", codes[0][:13], codes[0] + "0", codes[0] + codes[1], "0000-0000-0000", strings.Repeat("0", 1<<16)} {
		refused(t, w.spend(alice, code), factor.ErrRefused, "")
	}
	if has, err := w.Of(t.Context(), alice); err != nil || has.RecoveryCodes != 10 {
		t.Errorf("has %+v, %v", has, err)
	}
}

// New codes replace the old ones when the user says that they have kept them, and not
// before.
func TestRecoveryCodesReplaced(t *testing.T) {
	w := newWorld(t)
	old := w.codesOf(alice)
	fresh := w.newCodes("r_1", alice)
	refused(t, w.spend(alice, fresh[0]), factor.ErrRefused, "")
	w.ok(w.spend(alice, old[0]))
	w.ok(w.FinishRecovery(t.Context(), "r_1", alice, w.both()))
	refused(t, w.spend(alice, old[1]), factor.ErrRefused, "")
	w.ok(w.spend(alice, fresh[0]))
	if all := w.credentials(alice, factor.Recovery); len(all) != 1 {
		t.Errorf("%d sets of codes", len(all))
	}
	refused(t, w.FinishRecovery(t.Context(), "r_1", alice, w.both()), factor.ErrRefused, "in this run")
}

func TestRecoveryCodesConfirmedElsewhere(t *testing.T) {
	w := newWorld(t)
	w.newCodes("r_1", alice)
	refused(t, w.FinishRecovery(t.Context(), "r_2", alice, w.both()), factor.ErrRefused, "in this run")
	refused(t, w.FinishRecovery(t.Context(), "r_1", bob, w.both()), factor.ErrRefused, "in this run")
	w.newCodes("r_1", alice)
	w.advance(10 * time.Minute)
	refused(t, w.FinishRecovery(t.Context(), "r_1", alice, w.both()), factor.ErrRefused, "in this run")
	if w.credentials(alice, factor.Recovery) != nil || w.credentials(bob, factor.Recovery) != nil {
		t.Error("somebody has codes")
	}
}

// Who reads the store learns no code, and can't move one to another user.
func TestRecoveryCodesInTheStore(t *testing.T) {
	w := newWorld(t)
	codes := w.newCodes("r_1", alice)
	pending, err := w.store.Get(t.Context(), store.Ceremony, "r_1:recovery_codes")
	w.ok(err)
	w.ok(w.FinishRecovery(t.Context(), "r_1", alice, w.both()))
	kept := w.credentials(alice, factor.Recovery)[0]
	for _, code := range codes {
		for _, form := range []string{code, strings.ReplaceAll(code, "-", "")} {
			if bytes.Contains(pending.Data, []byte(form)) || bytes.Contains(kept.Data, []byte(form)) {
				t.Errorf("the store holds %q", form)
			}
		}
	}
	kept.ID, kept.UserID, kept.Version = "recovery:"+bob, bob, 0
	w.keep(kept)
	refused(t, w.spend(bob, codes[0]), factor.ErrRefused, "")
}

func TestRecoveryOfADisabledUser(t *testing.T) {
	w := newWorld(t)
	codes := w.codesOf(alice)
	w.newCodes("r_1", alice)
	w.change(alice, disabled)
	refused(t, w.spend(alice, codes[0]), factor.ErrNone, "")
	refused(t, w.BeginRecovery(t.Context(), "r_2", alice, w.both()), factor.ErrNone, "")
	refused(t, w.FinishRecovery(t.Context(), "r_1", alice, w.both()), factor.ErrNone, "")
}
