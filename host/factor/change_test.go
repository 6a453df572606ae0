package factor_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// evidence is one piece for each set of amr values, all of it this old.
func (w *world) evidence(age time.Duration, sets ...string) []acr.Evidence {
	var all []acr.Evidence
	for _, set := range sets {
		all = append(all, acr.Evidence{AMR: strings.Fields(set), At: w.clock().Add(-age)})
	}
	return all
}

// Who has a second factor must have used two for a change; whoever knows the password
// alone could add what makes the second one worthless.
func TestWhatAChangeNeeds(t *testing.T) {
	app := func(w *world) { w.appOf(alice) }
	bare := func(w *world) { w.change(alice, func(u *store.User) { u.Email = "" }) }
	for _, test := range []struct {
		name    string
		prepare func(*world)
		age     time.Duration
		amr     []string
		may     bool
	}{
		{"no factor: a password", bare, 0, []string{"pwd"}, false},
		{"no factor, trusted: a password", trusted(bare), 0, []string{"pwd"}, true},
		{"no factor, trusted: a password as old as it may be", trusted(bare), 10 * time.Minute, []string{"pwd"}, true},
		{"no factor, trusted: a password that is too old", trusted(bare), 10*time.Minute + time.Second, []string{"pwd"}, false},
		{"no factor, trusted: nothing", trusted(bare), 0, nil, false},
		{"no factor, trusted: evidence that says nothing", trusted(bare), 0, []string{""}, false},
		{"an e-mail address, trusted: a password", trusted(nil), 0, []string{"pwd"}, false},
		{"an e-mail address, trusted: both", trusted(nil), 0, []string{"pwd", "otp"}, true},
		{"a phone, trusted: a password", trusted(func(w *world) { w.change(alice, phone) }), 0, []string{"pwd"}, false},
		{"recovery codes, trusted: a password", trusted(func(w *world) { w.codesOf(alice); bare(w) }), 0, []string{"pwd"}, false},
		{"a phone: a password", func(w *world) { w.change(alice, phone) }, 0, []string{"pwd"}, false},
		{"a phone: a code", func(w *world) { w.change(alice, phone) }, 0, []string{"sms"}, false},
		{"a phone: a password twice", func(w *world) { w.change(alice, phone) }, 0, []string{"pwd", "pwd"}, false},
		{"a phone: two that one holds", func(w *world) { w.change(alice, phone) }, 0, []string{"sms", "otp"}, false},
		{"a phone: both", func(w *world) { w.change(alice, phone) }, 0, []string{"pwd", "sms"}, true},
		{"a phone: both, too old", func(w *world) { w.change(alice, phone) }, time.Hour, []string{"pwd", "sms"}, false},
		{"an operator's phone: a password", func(w *world) { w.change(alice, func(u *store.User) { u.Phone = "+15555550101" }) }, 0, []string{"pwd"}, false},
		{"an app: a password", app, 0, []string{"pwd"}, false},
		{"an app: both", app, 0, []string{"pwd", "otp"}, true},
		{"a passkey: a password", func(w *world) { w.registered(alice, deviceOf(alice)) }, 0, []string{"pwd"}, false},
		{"a passkey: without verification", func(w *world) { w.registered(alice, deviceOf(alice)) }, 0, []string{"hwk user"}, false},
		{"a passkey: with verification", func(w *world) { w.registered(alice, deviceOf(alice)) }, 0, []string{"hwk user mfa"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			if test.prepare != nil {
				test.prepare(w)
			}
			err := w.MayChange(t.Context(), alice, w.evidence(test.age, test.amr...))
			if (err == nil) != test.may || err != nil && !errors.Is(err, factor.ErrWeak) {
				t.Errorf("answered %v", err)
			}
		})
	}
}

// trusted is a world in which the first factor is trusted.
func trusted(prepare func(*world)) func(*world) {
	return func(w *world) {
		w.Rule.TrustFirst = true
		if prepare != nil {
			prepare(w)
		}
	}
}

// One factor that is young does not make up for one that is old.
func TestHalfOfTheEvidenceIsTooOld(t *testing.T) {
	w := newWorld(t)
	w.change(alice, phone)
	evidence := append(w.evidence(time.Hour, "pwd"), w.evidence(0, "sms")...)
	refused(t, w.MayChange(t.Context(), alice, evidence), factor.ErrWeak, "mfa")
}

// A phone that no code can be sent to is no factor: its owner could never change
// anything.
func TestPhoneWithoutSender(t *testing.T) {
	w := newWorld(t, func(c *factor.Config) { c.Senders, c.Rule.TrustFirst = nil, true })
	w.change(alice, phone)
	w.ok(w.MayChange(t.Context(), alice, w.evidence(0, "pwd")))
}

// The operator can ask for more, or less, than the rule that comes along.
func TestConfiguredRule(t *testing.T) {
	w := newWorld(t, func(c *factor.Config) {
		c.Rule = factor.Rule{Requires: [][]string{{"hwk"}, {"pwd", "sms"}}, MaxAge: time.Minute}
	})
	refused(t, w.MayChange(t.Context(), alice, w.evidence(0, "pwd")), factor.ErrWeak, "hwk, or pwd and sms, not older than 1m0s")
	w.ok(w.MayChange(t.Context(), alice, w.evidence(time.Minute, "hwk")))
	w.ok(w.MayChange(t.Context(), alice, w.both()))
	refused(t, w.MayChange(t.Context(), alice, w.evidence(time.Minute+time.Second, "hwk")), factor.ErrWeak, "")
	w = newWorld(t, func(c *factor.Config) { c.Rule.Requires = [][]string{{"pwd"}} })
	w.change(alice, phone)
	w.ok(w.MayChange(t.Context(), alice, w.evidence(0, "pwd")))
	w = newWorld(t, func(c *factor.Config) { c.Rule.Requires = [][]string{} })
	refused(t, w.MayChange(t.Context(), alice, w.both()), factor.ErrWeak, "")
}

// Both halves of each change are refused to whoever has verified too little, or too
// long ago.
func TestChangeWithEvidenceTooWeakOrTooOld(t *testing.T) {
	type half = func(*world, []acr.Evidence) error
	// Each begins with good evidence, then does what is named with what it is given.
	for name, try := range map[string]half{
		"begin a passkey": func(w *world, e []acr.Evidence) error {
			return w.BeginPasskeyRegistration(w.t.Context(), "r_1", alice, "", e)
		},
		"finish a passkey": func(w *world, e []acr.Evidence) error {
			response := deviceOf(alice).attest(w.t, w.beginRegistration("r_1", alice))
			_, err := w.FinishPasskeyRegistration(w.t.Context(), "r_1", alice, response, "", e)
			return err
		},
		"begin an app": func(w *world, e []acr.Evidence) error { return w.BeginTOTP(w.t.Context(), "r_1", alice, e) },
		"finish an app": func(w *world, e []acr.Evidence) error {
			_, err := w.FinishTOTP(w.t.Context(), "r_1", alice, w.beginApp("r_1", alice).code(0), "", e)
			return err
		},
		"begin recovery codes": func(w *world, e []acr.Evidence) error { return w.BeginRecovery(w.t.Context(), "r_1", alice, e) },
		"finish recovery codes": func(w *world, e []acr.Evidence) error {
			w.newCodes("r_1", alice)
			return w.FinishRecovery(w.t.Context(), "r_1", alice, e)
		},
		"begin an address": func(w *world, e []acr.Evidence) error {
			return w.BeginAddress(w.t.Context(), "r_1", alice, deliver.Email, "new@example.com", e)
		},
		"finish an address": func(w *world, e []acr.Evidence) error {
			w.ok(w.BeginAddress(w.t.Context(), "r_1", alice, deliver.Email, "new@example.com", w.both()))
			_, err := w.FinishAddress(w.t.Context(), "r_1", alice, deliver.Email, "new@example.com", e)
			return err
		},
		"remove an address": func(w *world, e []acr.Evidence) error {
			return w.RemoveAddress(w.t.Context(), alice, deliver.Email, e)
		},
		"remove": func(w *world, e []acr.Evidence) error {
			return w.Remove(w.t.Context(), alice, w.credentials(alice, factor.TOTP)[0].ID, e)
		},
		"rename": func(w *world, e []acr.Evidence) error {
			return w.Rename(w.t.Context(), alice, w.credentials(alice, factor.TOTP)[0].ID, "Mine", e)
		},
	} {
		t.Run(name, func(t *testing.T) {
			for what, evidence := range map[string]func(*world) []acr.Evidence{
				"nothing": func(*world) []acr.Evidence { return nil },
				"weak":    func(w *world) []acr.Evidence { return w.evidence(0, "pwd") },
				"old":     func(w *world) []acr.Evidence { return w.evidence(11*time.Minute, "pwd", "otp") },
			} {
				w := newWorld(t)
				w.appOf(alice)
				before := w.everything(alice)
				if err := try(w, evidence(w)); !errors.Is(err, factor.ErrWeak) {
					t.Errorf("%s: %v", what, err)
				}
				if diff := cmp.Diff(before, w.everything(alice)); diff != "" {
					t.Errorf("%s changed %s", what, diff)
				}
			}
			w := newWorld(t)
			w.appOf(alice)
			w.ok(try(w, w.both()))
		})
	}
}

// everything is all that a change would change, but for what is begun.
func (w *world) everything(id string) []string {
	w.t.Helper()
	all, err := w.store.Credentials(w.t.Context(), id)
	w.ok(err)
	u, err := w.store.User(w.t.Context(), id)
	w.ok(err)
	lines := []string{u.Email, u.Phone}
	for _, c := range all {
		lines = append(lines, c.ID+" "+c.Label+" "+string(c.Data))
	}
	for _, m := range w.sent {
		lines = append(lines, m.Text)
	}
	return append(lines, w.events()...)
}

// Each change is one audit event and one message to an address that the user had
// before, and neither holds a secret.
func TestChangesAreTold(t *testing.T) {
	const before = "alice@example.com"
	for _, test := range []struct {
		name   string
		change func(*world) (secrets []string)
		event  string
		says   string
	}{
		{"a passkey", func(w *world) []string {
			w.registered(alice, deviceOf(alice))
			return nil
		}, "factor.added", "A passkey (Passkey) was added to the account alice on 2026-11-23 at 07:00 UTC."},
		{"an app", func(w *world) []string {
			a := w.beginApp("r_1", alice)
			code := a.code(0)
			_, err := w.FinishTOTP(w.t.Context(), "r_1", alice, code, "Phone", w.both())
			w.ok(err)
			return []string{a.secret, code}
		}, "factor.added", "An authenticator app (Phone) was added"},
		{"recovery codes", func(w *world) []string {
			codes := w.newCodes("r_1", alice)
			w.ok(w.FinishRecovery(w.t.Context(), "r_1", alice, w.both()))
			return codes
		}, "factor.added", "A set of recovery codes was added"},
		{"an e-mail address", func(w *world) []string {
			w.ok(w.addAddress(alice, deliver.Email, "new@example.net"))
			return []string{"new@example.net"}
		}, "factor.added", "An e-mail address ("},
		{"a phone number", func(w *world) []string {
			w.ok(w.addAddress(alice, deliver.SMS, "+15555550199"))
			return []string{"+15555550199"}
		}, "factor.added", "A phone number ("},
		{"the e-mail address removed", func(w *world) []string {
			w.change(alice, phone) // or it would be the last beside the password
			w.ok(w.RemoveAddress(w.t.Context(), alice, deliver.Email, w.both()))
			return nil
		}, "factor.removed", "An e-mail address ("},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			secrets := test.change(w)
			if diff := cmp.Diff([]string{test.event + " " + alice}, w.events()); diff != "" {
				t.Error(diff)
			}
			if len(w.sent) != 1 || w.sent[0].To != before || w.sent[0].Channel != deliver.Email || !strings.Contains(w.sent[0].Text, test.says) {
				t.Errorf("sent %+v", w.sent)
			}
			w.holdNo(t, secrets)
		})
	}
}

// holdNo fails the test when a message, the audit log or the host's log holds one of
// these.
func (w *world) holdNo(t *testing.T, secrets []string) {
	t.Helper()
	events, err := w.store.Events(t.Context(), 100)
	w.ok(err)
	everything := w.logs.String() + string(mustJSON(events)) + string(mustJSON(w.sent))
	for _, s := range secrets {
		if strings.Contains(everything, s) {
			t.Errorf("%q is told", s)
		}
	}
}

// Who has no e-mail address is told by SMS, at the number before the change.
func TestToldByPhone(t *testing.T) {
	w := newWorld(t)
	w.change(alice, func(u *store.User) { phone(u); u.Email = "" })
	w.ok(w.addAddress(alice, deliver.SMS, "+15555550199"))
	if len(w.sent) != 1 || w.sent[0].To != "+15555550101" || w.sent[0].Channel != deliver.SMS {
		t.Errorf("sent %+v", w.sent)
	}
}

// An operator's address is one that codes go to, verified or not: it gets the news.
func TestToldAtAnOperatorsAddress(t *testing.T) {
	w := newWorld(t)
	w.change(alice, func(u *store.User) { u.EmailVerified = false })
	w.appOf(alice)
	if len(w.sent) != 1 || w.sent[0].To != "alice@example.com" {
		t.Errorf("sent %+v", w.sent)
	}
}

// A message that could not be sent undoes nothing, goes the other way if there is one,
// and leaves a line in the host's log.
func TestNotTold(t *testing.T) {
	w := newWorld(t)
	w.Senders[deliver.Email] = failing{}
	w.change(alice, phone)
	w.appOf(alice)
	if len(w.sent) != 1 || w.sent[0].Channel != deliver.SMS || !strings.Contains(w.logs.String(), "not told") {
		t.Errorf("sent %+v, logged %s", w.sent, w.logs.String())
	}
}

type failing struct{}

func (failing) Send(context.Context, deliver.Message) error { return errors.New("no route") }

// What a user calls a factor is one short line, wherever it is shown.
func TestHostileNames(t *testing.T) {
	for name, want := range map[string]string{
		"": "Authenticator app", " \n\t\x00": "Authenticator app", "a\r\nBcc: x@example.com\x1b[31m": "a Bcc: x@example.com[31m",
		"\u202egnp.exe": "gnp.exe", strings.Repeat("é", 100): strings.Repeat("é", factor.MaxName/2), "\xff\xfe": "Authenticator app",
	} {
		w := newWorld(t)
		a := w.beginApp("r_1", alice)
		_, err := w.FinishTOTP(t.Context(), "r_1", alice, a.code(0), name, w.both())
		w.ok(err)
		if got := w.credentials(alice, factor.TOTP)[0].Label; got != want {
			t.Errorf("%q became %q", name, got)
		}
		if strings.ContainsAny(w.sent[0].Text, "\r\n\x00\x1b") {
			t.Errorf("sent %q", w.sent[0].Text)
		}
	}
}

// What a page shows in its field is of its own run.
func TestShowOfAnotherRun(t *testing.T) {
	w := newWorld(t)
	w.beginApp("r_1", alice)
	w.newCodes("r_1", alice)
	w.beginRegistration("r_1", alice)
	for _, field := range []abi.FieldType{abi.TOTPCreate, abi.RecoveryCodes, abi.PasskeyCreate, abi.PasskeyGet, abi.Text} {
		if shown := w.show("r_2", field); !cmp.Equal(shown, factor.Shown{}) {
			t.Errorf("another run shows %+v", shown)
		}
	}
	if codes := w.show("r_1", abi.RecoveryCodes).Codes; len(slices.Compact(slices.Sorted(slices.Values(codes)))) != 10 {
		t.Errorf("codes %q", codes)
	}
}
