package factor_test

import (
	"bytes"
	"encoding/base32"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

const period = 30 * time.Second

// app is an authenticator app with one secret.
type app struct {
	w      *world
	secret string
}

// beginApp begins to add an app, and scans the page's code with it.
func (w *world) beginApp(run, user string) app {
	w.t.Helper()
	w.ok(w.BeginTOTP(w.t.Context(), run, user, w.both()))
	return app{w, w.show(run, abi.TOTPCreate).Secret}
}

// appOf is an app that the user has; the clock stands two periods after the code that
// confirmed it.
func (w *world) appOf(user string) app {
	w.t.Helper()
	a := w.beginApp("app "+user, user)
	_, err := w.FinishTOTP(w.t.Context(), "app "+user, user, a.code(0), "", w.both())
	w.ok(err)
	w.advance(2 * period)
	return a
}

// code is what the app shows, so many periods from now.
func (a app) code(periods int) string {
	a.w.t.Helper()
	code, err := totp.GenerateCode(a.secret, a.w.clock().Add(time.Duration(periods)*period))
	a.w.ok(err)
	return code
}

func (a app) verify(user string, periods int) error {
	_, err := a.w.VerifyTOTP(a.w.t.Context(), user, a.code(periods))
	return err
}

func TestTOTP(t *testing.T) {
	w := newWorld(t)
	a := w.beginApp("r_1", alice)
	proof, err := w.FinishTOTP(t.Context(), "r_1", alice, a.code(0), " My\tphone ", w.both())
	w.ok(err)
	if strings.Join(proof.AMR, " ") != "otp" || proof.User.ID != alice {
		t.Errorf("adding proves %+v", proof)
	}
	if has, err := w.Of(t.Context(), alice); err != nil || has.TOTP != 1 {
		t.Errorf("has %+v, %v", has, err)
	}
	w.advance(period)
	proof, err = w.VerifyTOTP(t.Context(), alice, " "+a.code(0)[:3]+" "+a.code(0)[3:])
	w.ok(err)
	if strings.Join(proof.AMR, " ") != "otp" || proof.User.ID != alice {
		t.Errorf("a code proves %+v", proof)
	}
	if kept := w.credentials(alice, factor.TOTP); kept[0].Label != "My phone" || !kept[0].LastUsedAt.Equal(w.clock()) {
		t.Errorf("kept %+v", kept)
	}
}

// The QR code has what an app needs, and what tells accounts apart.
func TestTOTPAddress(t *testing.T) {
	w := newWorld(t)
	w.change(alice, func(u *store.User) { u.Name = "alice+b?c#d@example.com" })
	a := w.beginApp("r_1", alice)
	u, err := url.Parse(w.show("r_1", abi.TOTPCreate).URI)
	w.ok(err)
	raw, err := base32.StdEncoding.DecodeString(a.secret)
	if err != nil || len(raw) != 20 {
		t.Errorf("the secret %q has %d bytes, %v", a.secret, len(raw), err)
	}
	if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Example Bank:alice+b?c#d@example.com" ||
		u.Query().Get("secret") != a.secret || u.Query().Get("issuer") != "Example Bank" || strings.Contains(u.RawQuery, "+") {
		t.Errorf("address %s", u)
	}
}

// A phone's clock may be one period off, either way, and no more.
func TestTOTPDrift(t *testing.T) {
	for periods, good := range map[int]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
		w := newWorld(t)
		a := w.appOf(alice)
		if err := a.verify(alice, periods); (err == nil) != good {
			t.Errorf("%d periods off: %v", periods, err)
		}
	}
}

// Each code counts once, and none from before the one that counted last.
func TestTOTPCodeTwice(t *testing.T) {
	w := newWorld(t)
	a := w.appOf(alice)
	w.ok(a.verify(alice, 0))
	for _, periods := range []int{0, -1} {
		refused(t, a.verify(alice, periods), factor.ErrRefused, "used before")
	}
	w.ok(a.verify(alice, 1))
	w.advance(period)
	refused(t, a.verify(alice, 0), factor.ErrRefused, "used before") // the code that was one ahead
	w.advance(period)
	w.ok(a.verify(alice, 0))
}

// The code that confirmed the app signs nobody in after.
func TestTOTPConfirmationCodeTwice(t *testing.T) {
	w := newWorld(t)
	a := w.beginApp("r_1", alice)
	_, err := w.FinishTOTP(t.Context(), "r_1", alice, a.code(0), "", w.both())
	w.ok(err)
	refused(t, a.verify(alice, 0), factor.ErrRefused, "used before")
}

func TestTOTPCodeAtTheSameMoment(t *testing.T) {
	w := newWorld(t)
	a := w.appOf(alice)
	code := a.code(0)
	if n := won(32, func(int) error { _, err := w.VerifyTOTP(t.Context(), alice, code); return err }); n != 1 {
		t.Errorf("the code counted %d times", n)
	}
}

func TestTOTPWrongCodes(t *testing.T) {
	w := newWorld(t)
	w.appOf(alice)
	for _, code := range []string{"", "0", "00000", "0000000", "abcdef", "１２３４５６", strings.Repeat("0", 1<<16), "\x00"} {
		_, err := w.VerifyTOTP(t.Context(), alice, code)
		refused(t, err, factor.ErrRefused, "")
	}
}

func TestTOTPCodeOfAnotherUsersApp(t *testing.T) {
	w := newWorld(t)
	of := w.appOf(bob)
	refused(t, of.verify(alice, 0), factor.ErrNone, "")
	w.appOf(alice)
	refused(t, of.verify(alice, 0), factor.ErrRefused, "none of the user's")
	w.ok(of.verify(bob, 0))
}

// Any of a user's apps will do; a code is spent at the app that it is of.
func TestSeveralApps(t *testing.T) {
	w := newWorld(t)
	first, second := w.appOf(alice), w.appOf(alice)
	w.ok(first.verify(alice, 0))
	w.ok(second.verify(alice, 0))
	refused(t, first.verify(alice, 0), factor.ErrRefused, "")
	refused(t, second.verify(alice, 0), factor.ErrRefused, "")
}

// An app counts once a code of it was shown, and only then.
func TestTOTPNotConfirmed(t *testing.T) {
	w := newWorld(t)
	a := w.beginApp("r_1", alice)
	refused(t, a.verify(alice, 0), factor.ErrNone, "")
	_, err := w.FinishTOTP(t.Context(), "r_1", alice, a.code(2), "", w.both())
	refused(t, err, factor.ErrRefused, "not the new app's")
	refused(t, a.verify(alice, 0), factor.ErrNone, "")
	_, err = w.FinishTOTP(t.Context(), "r_1", alice, a.code(0), "", w.both())
	w.ok(err) // a slip of the finger leaves the secret on the page
	_, err = w.FinishTOTP(t.Context(), "r_1", alice, a.code(1), "", w.both())
	refused(t, err, factor.ErrRefused, "adds no app")
	if n := len(w.credentials(alice, factor.TOTP)); n != 1 {
		t.Errorf("%d apps", n)
	}
}

func TestTOTPConfirmedElsewhere(t *testing.T) {
	w := newWorld(t)
	a := w.beginApp("r_1", alice)
	_, err := w.FinishTOTP(t.Context(), "r_2", alice, a.code(0), "", w.both())
	refused(t, err, factor.ErrRefused, "in this run")
	_, err = w.FinishTOTP(t.Context(), "r_1", bob, a.code(0), "", w.both())
	refused(t, err, factor.ErrRefused, "in this run")
	w.advance(10 * time.Minute)
	_, err = w.FinishTOTP(t.Context(), "r_1", alice, a.code(0), "", w.both())
	refused(t, err, factor.ErrRefused, "in this run")
	if w.credentials(alice, factor.TOTP) != nil || w.credentials(bob, factor.TOTP) != nil {
		t.Error("somebody has the app")
	}
}

func TestTOTPConfirmedAtTheSameMoment(t *testing.T) {
	w := newWorld(t)
	a := w.beginApp("r_1", alice)
	code := a.code(0)
	n := won(16, func(int) error {
		_, err := w.FinishTOTP(t.Context(), "r_1", alice, code, "", w.both())
		return err
	})
	if kept := len(w.credentials(alice, factor.TOTP)); n != 1 || kept != 1 {
		t.Errorf("%d confirmations, %d apps", n, kept)
	}
}

// What is confirmed is what the code was of: a secret that was drawn since does not
// slip in.
func TestTOTPReplacedAtTheSameMoment(t *testing.T) {
	for _, user := range []string{alice, bob} {
		var w *world
		w = newWorld(t, func(c *factor.Config) {
			c.Artifacts = &replacing{Artifacts: c.Artifacts, with: func() { w.beginApp("r_1", user) }}
		})
		a := w.beginApp("r_1", alice)
		_, err := w.FinishTOTP(t.Context(), "r_1", alice, a.code(0), "", w.both())
		refused(t, err, factor.ErrRefused, "at the same moment")
		if w.credentials(alice, factor.TOTP) != nil {
			t.Error("an app was added that nobody has shown a code of")
		}
	}
}

// Neither the store's records nor the log hold a secret that would make codes.
func TestTOTPSecretIsSealed(t *testing.T) {
	w := newWorld(t)
	a := w.beginApp("r_1", alice)
	pending, err := w.store.Get(t.Context(), store.Ceremony, "r_1:totp_create")
	w.ok(err)
	_, err = w.FinishTOTP(t.Context(), "r_1", alice, a.code(0), "", w.both())
	w.ok(err)
	raw, err := base32.StdEncoding.DecodeString(a.secret)
	w.ok(err)
	for what, data := range map[string][]byte{
		"ceremony": pending.Data, "credential": w.credentials(alice, factor.TOTP)[0].Data, "log": []byte(w.logs.String()),
	} {
		if bytes.Contains(data, []byte(a.secret)) || bytes.Contains(data, raw) || len(data) == 0 && what != "log" {
			t.Errorf("the %s holds the secret: %q", what, data)
		}
	}
}

// A sealed secret that is copied to another user's record does not open there.
func TestTOTPSecretCopiedToAnother(t *testing.T) {
	w := newWorld(t)
	of := w.appOf(bob)
	c := w.credentials(bob, factor.TOTP)[0]
	c.ID, c.UserID, c.Version = "totp:stolen", alice, 0
	w.keep(c)
	if err := of.verify(alice, 0); err == nil {
		t.Error("bob's app is alice's")
	}
}

func TestTOTPOfADisabledUser(t *testing.T) {
	w := newWorld(t)
	a := w.appOf(alice)
	w.ok(w.BeginTOTP(t.Context(), "r_1", alice, w.both()))
	w.change(alice, disabled)
	refused(t, a.verify(alice, 0), factor.ErrNone, "")
	refused(t, w.BeginTOTP(t.Context(), "r_1", alice, w.both()), factor.ErrNone, "")
	next := app{w, w.show("r_1", abi.TOTPCreate).Secret}
	_, err := w.FinishTOTP(t.Context(), "r_1", alice, next.code(0), "", w.both())
	refused(t, err, factor.ErrNone, "")
}
