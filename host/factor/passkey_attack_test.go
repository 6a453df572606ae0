package factor_test

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// flipped changes one bit in the middle of a member that the device has signed, or of
// the signature itself.
func flipped(member string) func(map[string]any) {
	return func(response map[string]any) {
		text, _ := response[member].(string)
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			panic(err) // the test made it
		}
		b[len(b)/2] ^= 0x10
		response[member] = base64URL(b)
	}
}

// What a device signs, or a browser says, is taken only when all of it is right. The
// first attack changes nothing, and gets in: the others fail by what they change.
func TestForgedAssertions(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*answer)
		why    string
	}{
		{"nothing changed", func(*answer) {}, ""},
		{"wrong origin", func(a *answer) { a.origin = "https://id.example.com.evil.example" }, "origin"},
		{"wrong port", func(a *answer) { a.origin = issuer + ":8443" }, "origin"},
		{"wrong scheme", func(a *answer) { a.origin = "http://id.example.com" }, "origin"},
		{"a domain above", func(a *answer) { a.origin = "https://example.com" }, "origin"},
		{"wrong RP ID", func(a *answer) { a.rpID = "example.com" }, "RP Hash"},
		{"the type of a registration", func(a *answer) { a.kind = "webauthn.create" }, "type"},
		{"a challenge of its own", func(a *answer) { a.challenge = base64URL(make([]byte, 32)) }, "challenge"},
		{"no challenge", func(a *answer) { a.challenge = "" }, "challenge"},
		{"no user verification", func(a *answer) { a.flags = userPresent }, "User verification"},
		{"no user presence", func(a *answer) { a.flags = userVerified }, "User presence"},
		{"tampered signature", func(a *answer) { a.signed = flipped("signature") }, ""},
		{"tampered authenticator data", func(a *answer) {
			a.flags = userPresent
			a.signed = func(r map[string]any) {
				verified := *a
				verified.flags |= userVerified
				r["authenticatorData"] = base64URL(verified.data(nil))
			}
		}, "signature"},
		{"no signature", func(a *answer) { a.signed = func(r map[string]any) { delete(r, "signature") } }, ""},
		{"another key", func(a *answer) {
			other := *a.device
			other.key.Key = deviceOf(alice).key.Key
			a.device = &other
		}, "signature"},
		{"a passkey that became one that is synced", func(a *answer) { a.flags |= backupEligible | backupState }, "Backup Eligible"},
		{"synced, though it can't be", func(a *answer) { a.flags |= backupState }, "Backup State"},
		{"a credential of another type", func(a *answer) { a.public = "password" }, "type"},
		{"the user handle of another user", func(a *answer) { a.handle = []byte(bob) }, "handle"},
		{"a passkey that nobody has", func(a *answer) {
			other := *a.device
			other.key.ID = slices.Repeat([]byte{7}, 32)
			a.device = &other
		}, ""},
	} {
		for _, user := range []string{alice, ""} {
			t.Run(test.name+" as "+cmp.Or(user, "whoever it is"), func(t *testing.T) {
				w := newWorld(t)
				d := w.registered(alice, deviceOf(alice))
				options := w.begin("r_1", user)
				a := answering(t, d, "webauthn.get", options)
				test.change(&a)
				proof, err := w.finish("r_1", user, a.get())
				if test.name == "nothing changed" {
					w.ok(err)
					return
				}
				if user == "" && test.why == "handle" {
					refused(t, err, factor.ErrRefused, "") // bob has no such passkey
				} else {
					refused(t, err, factor.ErrRefused, test.why)
				}
				if proof.User.ID != "" || proof.AMR != nil {
					t.Errorf("proves %+v", proof)
				}
				_, err = w.finish("r_1", user, d.assert(t, options))
				refused(t, err, factor.ErrRefused, "no such challenge") // the attempt has spent it
			})
		}
	}
}

// An answer counts once, in the run that asked for it, in its time.
func TestReplayedAssertion(t *testing.T) {
	w := newWorld(t)
	d := w.registered(alice, deviceOf(alice))
	response := d.assert(t, w.begin("r_1", alice))
	_, err := w.finish("r_1", alice, response)
	w.ok(err)
	_, err = w.finish("r_1", alice, response)
	refused(t, err, factor.ErrRefused, "no such challenge")
	w.begin("r_1", alice) // a new one is out, and the old answer is for the old one
	_, err = w.finish("r_1", alice, response)
	refused(t, err, factor.ErrRefused, "challenge")
}

func TestChallengeOfAnotherRun(t *testing.T) {
	w := newWorld(t)
	d := w.registered(alice, deviceOf(alice))
	response := d.assert(t, w.begin("r_1", alice))
	_, err := w.finish("r_2", alice, response)
	refused(t, err, factor.ErrRefused, "no such challenge")
	w.begin("r_2", alice)
	_, err = w.finish("r_2", alice, response)
	refused(t, err, factor.ErrRefused, "challenge")
	// What happened in the other run is nothing to this one.
	_, err = w.finish("r_1", alice, response)
	w.ok(err)
}

func TestChallengeTooOld(t *testing.T) {
	w := newWorld(t)
	d := w.registered(alice, deviceOf(alice))
	response := d.assert(t, w.begin("r_1", alice))
	w.advance(10 * time.Minute)
	if shown := w.show("r_1", abi.PasskeyGet); shown.Options != nil {
		t.Errorf("the page still shows %s", shown.Options)
	}
	_, err := w.finish("r_1", alice, response)
	refused(t, err, factor.ErrRefused, "no such challenge")
}

// A page that was asked for again has a new challenge, and the one before is void.
func TestChallengeReplaced(t *testing.T) {
	w := newWorld(t)
	d := w.registered(alice, deviceOf(alice))
	response := d.assert(t, w.begin("r_1", alice))
	w.begin("r_1", alice)
	_, err := w.finish("r_1", alice, response)
	refused(t, err, factor.ErrRefused, "challenge")
}

// A challenge for a registration signs nobody in, and the other way round.
func TestChallengeOfTheOtherCeremony(t *testing.T) {
	w := newWorld(t)
	d := w.registered(alice, deviceOf(alice))
	w.ok(w.BeginPasskeyRegistration(t.Context(), "r_1", alice, "", w.both()))
	_, err := w.finish("r_1", alice, d.assert(t, w.show("r_1", abi.PasskeyCreate).Options))
	refused(t, err, factor.ErrRefused, "no such challenge")
	other := deviceOf(alice)
	options := w.begin("r_2", alice)
	_, err = w.FinishPasskeyRegistration(t.Context(), "r_2", alice, answering(t, other, "webauthn.create", options).create(), "", w.both())
	refused(t, err, factor.ErrRefused, "no such challenge")
}

// A counter that goes back, or stands still, says that the key was copied. Neither
// copy gets in by it, and the audit log says so.
func TestCounterGoesBack(t *testing.T) {
	for name, counter := range map[string]uint32{"back": 4, "nowhere": 5, "to zero": 0} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			d := w.registered(alice, deviceOf(alice))
			d.key.Counter = 4
			_, err := w.finish("r_1", alice, d.assert(t, w.begin("r_1", alice)))
			w.ok(err)
			a := answering(t, d, "webauthn.get", w.begin("r_1", alice))
			a.counter = counter
			_, err = w.finish("r_1", alice, a.get())
			refused(t, err, factor.ErrRefused, "counter")
			if events := w.events(); events[len(events)-1] != "passkey.counter "+alice {
				t.Errorf("events %q", events)
			}
			// The one that counts on is taken.
			_, err = w.finish("r_1", alice, d.assert(t, w.begin("r_1", alice)))
			w.ok(err)
		})
	}
}

// A synced passkey does not count, and may be used from two devices at once.
func TestCounterOfZero(t *testing.T) {
	w := newWorld(t)
	d := newDevice(virtualwebauthn.KeyTypeEC2, alice, virtualwebauthn.AuthenticatorOptions{BackupEligible: true, BackupState: true})
	w.registered(alice, d)
	for range 3 {
		a := answering(t, d, "webauthn.get", w.begin("r_1", alice))
		a.flags, a.counter = a.flags|backupEligible|backupState, 0
		_, err := w.finish("r_1", alice, a.get())
		w.ok(err)
	}
}

// The same key used twice at the same moment with one count, as two copies would:
// whichever comes second is refused.
func TestCopiesAtTheSameMoment(t *testing.T) {
	w := newWorld(t)
	d := w.registered(alice, deviceOf(alice))
	const copies = 16
	var responses []string
	for i := range copies {
		responses = append(responses, answering(t, d, "webauthn.get", w.begin(runOf(i), alice)).get())
	}
	if n := won(copies, func(i int) error { _, err := w.finish(runOf(i), alice, responses[i]); return err }); n != 1 {
		t.Errorf("%d copies got in", n)
	}
}

// One answer that is sent many times at the same moment counts once.
func TestAnswerSentManyTimesAtOnce(t *testing.T) {
	w := newWorld(t)
	d := newDevice(virtualwebauthn.KeyTypeEC2, alice, virtualwebauthn.AuthenticatorOptions{BackupEligible: true})
	w.registered(alice, d)
	a := answering(t, d, "webauthn.get", w.begin("r_1", alice))
	a.flags, a.counter = a.flags|backupEligible, 0
	response := a.get()
	if n := won(16, func(int) error { _, err := w.finish("r_1", alice, response); return err }); n != 1 {
		t.Errorf("the answer counted %d times", n)
	}
}

// A passkey signs in its own user, whoever the page was for.
func TestPasskeyOfAnotherUser(t *testing.T) {
	w := newWorld(t)
	w.registered(alice, deviceOf(alice))
	of := w.registered(bob, deviceOf(bob))
	_, err := w.finish("r_1", alice, of.assert(t, w.begin("r_1", alice)))
	refused(t, err, factor.ErrRefused, "")
	// With alice's handle the key is looked for among hers.
	of.auth.Options.UserHandle = []byte(alice)
	for _, user := range []string{alice, ""} {
		_, err = w.finish("r_1", user, of.assert(t, w.begin("r_1", user)))
		refused(t, err, factor.ErrRefused, "")
	}
	// A handle that is nobody's, and none at all.
	for _, handle := range []string{"", "u_unknown", "\x00", string(make([]byte, 4096))} {
		of.auth.Options.UserHandle = []byte(handle)
		_, err = w.finish("r_1", "", of.assert(t, w.begin("r_1", "")))
		refused(t, err, factor.ErrRefused, "")
	}
}

// Whose passkey it is was decided when the page was made: who changes the run's
// subject in between gets a no, even with a passkey of either.
func TestSubjectChanged(t *testing.T) {
	for name, test := range map[string]struct{ began, ended string }{
		"from alice to bob":    {alice, bob},
		"from nobody to alice": {"", alice},
		"from alice to nobody": {alice, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, owner := range []string{alice, bob} {
				w := newWorld(t)
				w.registered(alice, deviceOf(alice))
				d := w.registered(owner, deviceOf(owner))
				_, err := w.finish("r_1", test.ended, d.assert(t, w.begin("r_1", test.began)))
				refused(t, err, factor.ErrRefused, "another user")
			}
		})
	}
}

// Who was disabled since the page was shown does not get in.
func TestDisabledUser(t *testing.T) {
	for _, user := range []string{alice, ""} {
		w := newWorld(t)
		d := w.registered(alice, deviceOf(alice))
		response := d.assert(t, w.begin("r_1", user))
		w.change(alice, disabled)
		if _, err := w.finish("r_1", user, response); !errors.Is(err, factor.ErrNone) && !errors.Is(err, factor.ErrRefused) {
			t.Errorf("as %q: %v", user, err)
		}
	}
}

// Nor does a passkey that was removed since, of whichever kind.
func TestRemovedPasskey(t *testing.T) {
	for _, user := range []string{alice, ""} {
		w := newWorld(t)
		d := w.registered(alice, deviceOf(alice))
		response := d.assert(t, w.begin("r_1", user))
		w.ok(w.Remove(t.Context(), alice, w.credentials(alice, factor.Passkey)[0].ID, w.both()))
		_, err := w.finish("r_1", user, response)
		refused(t, err, factor.ErrRefused, "")
	}
}

// removing removes a credential just before a use of it is kept: the moment in which
// its owner takes it from a thief.
type removing struct{ store.Users }

func (r removing) PutCredential(ctx context.Context, c store.Credential) (int64, error) {
	if c.Kind == factor.Passkey && c.Version > 0 {
		if err := r.RemoveCredential(ctx, c.ID); err != nil {
			return 0, err
		}
	}
	return r.Users.PutCredential(ctx, c)
}

func TestPasskeyRemovedAtTheSameMoment(t *testing.T) {
	w := newWorld(t, func(c *factor.Config) { c.Users = removing{c.Users} })
	d := newDevice(virtualwebauthn.KeyTypeEC2, alice, virtualwebauthn.AuthenticatorOptions{BackupEligible: true})
	w.registered(alice, d)
	a := answering(t, d, "webauthn.get", w.begin("r_1", alice))
	a.flags, a.counter = a.flags|backupEligible, 0
	_, err := w.finish("r_1", alice, a.get())
	refused(t, err, factor.ErrRefused, "removed")
}

// won counts those of n callers at the same moment who get something.
func won(n int, do func(i int) error) int {
	errs := make([]error, n)
	var begin, end sync.WaitGroup
	begin.Add(1)
	for i := range n {
		end.Go(func() {
			begin.Wait()
			errs[i] = do(i)
		})
	}
	begin.Done()
	end.Wait()
	return n - len(slices.DeleteFunc(errs, func(err error) bool { return err == nil }))
}

func runOf(i int) string { return "r_" + string(rune('a'+i)) }
