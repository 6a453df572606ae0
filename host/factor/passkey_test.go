package factor_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// A passkey is added, and signs its user in with and without a user name. What its
// use is worth is what the authenticator says.
func TestPasskey(t *testing.T) {
	synced := virtualwebauthn.AuthenticatorOptions{BackupEligible: true, BackupState: true}
	silent := virtualwebauthn.AuthenticatorOptions{UserNotVerified: true}
	for _, test := range []struct {
		name         string
		kind         virtualwebauthn.KeyType
		options      virtualwebauthn.AuthenticatorOptions
		verification string
		amr          []string
	}{
		{"EC, bound to its device", virtualwebauthn.KeyTypeEC2, virtualwebauthn.AuthenticatorOptions{}, "", []string{"hwk", "user", "mfa"}},
		{"RSA, bound to its device", virtualwebauthn.KeyTypeRSA, virtualwebauthn.AuthenticatorOptions{}, "required", []string{"hwk", "user", "mfa"}},
		{"synced", virtualwebauthn.KeyTypeEC2, synced, "", []string{"swk", "user", "mfa"}},
		{"not verified", virtualwebauthn.KeyTypeEC2, silent, "discouraged", []string{"hwk", "user"}},
		{"not verified though preferred", virtualwebauthn.KeyTypeEC2, silent, "preferred", []string{"hwk", "user"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, d := newWorld(t), newDevice(test.kind, alice, test.options)
			w.ok(w.BeginPasskeyRegistration(t.Context(), "r_1", alice, test.verification, w.both()))
			proof, err := w.FinishPasskeyRegistration(t.Context(), "r_1", alice, d.attest(t, w.show("r_1", abi.PasskeyCreate).Options), " Blue\n key ", w.both())
			w.ok(err)
			if diff := cmp.Diff(test.amr, proof.AMR); diff != "" || proof.User.ID != alice {
				t.Errorf("registration proves %s of %q", diff, proof.User.ID)
			}
			for _, user := range []string{alice, ""} {
				w.advance(time.Minute)
				w.ok(w.BeginPasskeyLogin(t.Context(), "r_2", user, test.verification))
				proof, err := w.finish("r_2", user, d.assert(t, w.show("r_2", abi.PasskeyGet).Options))
				w.ok(err)
				if diff := cmp.Diff(test.amr, proof.AMR); diff != "" || proof.User.ID != alice {
					t.Errorf("login as %q proves %s of %q", user, diff, proof.User.ID)
				}
			}
			kept := w.credentials(alice, factor.Passkey)
			if len(kept) != 1 || kept[0].Label != "Blue key" || !kept[0].LastUsedAt.Equal(start.Add(2*time.Minute)) {
				t.Errorf("kept %+v", kept)
			}
		})
	}
}

// What an authenticator signs about how it verified its user is in the amr; without
// the flag that it did, it says nothing.
func TestUserVerificationMethods(t *testing.T) {
	for _, test := range []struct {
		name  string
		uvm   [][]uint32
		flags byte
		amr   string
	}{
		{"passcode", [][]uint32{{0x004, 0x02, 0x04}}, userPresent | userVerified, "hwk user pin mfa"},
		{"passcode outside of the device", [][]uint32{{0x800, 0x02, 0x04}}, userPresent | userVerified, "hwk user pin mfa"},
		{"pattern", [][]uint32{{0x080, 0x02, 0x04}}, userPresent | userVerified, "hwk user pin mfa"},
		{"pattern outside of the device", [][]uint32{{0x1000, 0x02, 0x04}}, userPresent | userVerified, "hwk user pin mfa"},
		{"fingerprint", [][]uint32{{0x002, 0x0A, 0x04}}, userPresent | userVerified, "hwk user fpt mfa"},
		{"fingerprint and passcode", [][]uint32{{0x002, 0x0A, 0x04}, {0x004, 0x0A, 0x04}}, userPresent | userVerified, "hwk user fpt pin mfa"},
		{"face, voice and eye", [][]uint32{{0x010, 0x02, 0x04}, {0x008, 0x02, 0x04}, {0x040, 0x02, 0x04}}, userPresent | userVerified, "hwk user face vbm iris mfa"},
		{"keys in software", [][]uint32{{0x004, 0x01, 0x01}}, userPresent | userVerified, "swk user pin mfa"},
		{"presence alone", [][]uint32{{0x001, 0x02, 0x04}}, userPresent | userVerified, "hwk user mfa"},
		{"not verified", [][]uint32{{0x004, 0x02, 0x04}}, userPresent, "hwk user"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			d := w.registered(alice, deviceOf(alice))
			w.ok(w.BeginPasskeyLogin(t.Context(), "r_2", alice, "discouraged"))
			a := answering(t, d, "webauthn.get", w.show("r_2", abi.PasskeyGet).Options)
			a.flags, a.extensions = test.flags, map[string]any{"uvm": test.uvm}
			proof, err := w.finish("r_2", alice, a.get())
			w.ok(err)
			if got := strings.Join(proof.AMR, " "); got != test.amr {
				t.Errorf("amr %q, want %q", got, test.amr)
			}
		})
	}
}

// The page asks for what the rules want: a key that the device keeps, verification,
// no passkey that is there already, and for a login those of the user or anybody's.
func TestPasskeyOptions(t *testing.T) {
	w := newWorld(t)
	d := w.registered(alice, deviceOf(alice))
	var got struct {
		User               struct{ ID, Name string }
		RP                 struct{ ID string }
		ExcludeCredentials []struct{ ID string }
		AllowCredentials   []struct{ ID string }
		UserVerification   string
		Selection          struct {
			ResidentKey      string
			UserVerification string
		} `json:"authenticatorSelection"`
		Attestation string
	}
	read := func(options []byte) {
		t.Helper()
		got.AllowCredentials = nil
		w.ok(json.Unmarshal(options, &got))
	}
	w.ok(w.BeginPasskeyRegistration(t.Context(), "r_1", alice, "", w.both()))
	read(w.show("r_1", abi.PasskeyCreate).Options)
	if got.User.ID != base64URL([]byte(alice)) || got.User.Name != "alice" || got.RP.ID != rpID || got.Attestation != "none" ||
		got.Selection.ResidentKey != "required" || got.Selection.UserVerification != "required" ||
		len(got.ExcludeCredentials) != 1 || got.ExcludeCredentials[0].ID != base64URL(d.key.ID) {
		t.Errorf("creation options %+v", got)
	}
	read(w.begin("r_1", alice))
	if len(got.AllowCredentials) != 1 || got.AllowCredentials[0].ID != base64URL(d.key.ID) || got.UserVerification != "required" {
		t.Errorf("request options %+v", got)
	}
	read(w.begin("r_1", ""))
	if len(got.AllowCredentials) != 0 {
		t.Errorf("a page for nobody names the passkeys %+v", got.AllowCredentials)
	}
}

// A user can have several passkeys, of which each signs in.
func TestSeveralPasskeys(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.registered(alice, deviceOf(alice))
	}
	last := w.registered(alice, deviceOf(alice))
	_, err := w.finish("r_1", alice, last.assert(t, w.begin("r_1", alice)))
	w.ok(err)
	if has, err := w.Of(t.Context(), alice); err != nil || has.Passkeys != 4 {
		t.Errorf("has %+v, %v", has, err)
	}
}

// There is nothing to begin for a user without passkeys, and nothing at all on a host
// whose issuer is an address.
func TestNoPasskeys(t *testing.T) {
	w := newWorld(t)
	refused(t, w.BeginPasskeyLogin(t.Context(), "r_1", alice, ""), factor.ErrNone, "")
	refused(t, w.BeginPasskeyLogin(t.Context(), "r_1", "u_unknown", ""), factor.ErrNone, "")
	refused(t, w.BeginPasskeyLogin(t.Context(), "r_1", mallory, ""), factor.ErrNone, "")
	refused(t, w.BeginPasskeyLogin(t.Context(), "r_1", "", "sometimes"), factor.ErrRefused, "user verification")
	w = newWorld(t, func(c *factor.Config) { c.Passkeys.Issuer = "http://127.0.0.1:8080" })
	refused(t, w.BeginPasskeyLogin(t.Context(), "r_1", "", ""), factor.ErrNone, "")
	refused(t, w.BeginPasskeyRegistration(t.Context(), "r_1", alice, "", w.both()), factor.ErrNone, "")
	_, err := w.finish("r_1", "", "{}")
	refused(t, err, factor.ErrNone, "")
}

func TestTooManyPasskeys(t *testing.T) {
	w := newWorld(t)
	for range factor.MaxOfKind {
		w.registered(alice, deviceOf(alice))
	}
	refused(t, w.BeginPasskeyRegistration(t.Context(), "r_1", alice, "", w.both()), factor.ErrTooMany, "")
}
