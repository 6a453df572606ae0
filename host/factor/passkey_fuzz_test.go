package factor_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/factor"
)

// garbage is what no authenticator answers, of about this size.
func garbage(size int) []string {
	const head = `{"id":"AAAA","rawId":"AAAA","type":"public-key","response":`
	huge := base64URL(make([]byte, size))
	nested := []byte(strings.Repeat("\x81", size)) // CBOR lists in lists
	return []string{
		"", "null", "[]", "{}", `"`, "\x00", "\xff\xfe", "{}{}",
		strings.Repeat("[", size), strings.Repeat(`{"a":`, size), `{"id":` + strings.Repeat("[", size),
		head + `null}`, head + `{}}`, head + `[]}`,
		head + `{"clientDataJSON":"` + huge + `","authenticatorData":"` + huge + `","signature":"` + huge + `"}}`,
		head + `{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","attestationObject":"` + base64URL(nested) + `"}}`,
		head + `{"clientDataJSON":"e30","attestationObject":"` + base64URL([]byte("\xbf\xff")) + `"}}`,
		head + `{"clientDataJSON":"` + base64URL([]byte(strings.Repeat(`{"type":`, size))) + `","attestationObject":"oA"}}`,
		`{"id":"AAAA","id":"BBBB"}`,
	}
}

// Whatever comes instead of an answer, it is refused, and quickly.
func TestGarbage(t *testing.T) {
	w := newWorld(t)
	w.registered(alice, deviceOf(alice))
	for _, text := range garbage(1 << 18) {
		w.begin("r_1", alice)
		_, err := w.finish("r_1", alice, text)
		refused(t, err, factor.ErrRefused, "")
		w.beginRegistration("r_1", alice)
		refused(t, w.finishRegistration("r_1", alice, text), factor.ErrRefused, "")
	}
	if n := len(w.credentials(alice, factor.Passkey)); n != 1 {
		t.Errorf("%d passkeys", n)
	}
}

// FuzzPasskeyLogin: no bytes but those of the device sign anybody in, and none bring
// the host down.
func FuzzPasskeyLogin(f *testing.F) {
	for _, text := range garbage(64) {
		f.Add(text)
	}
	d := deviceOf(alice)
	whole := answer{device: d, kind: "webauthn.get", challenge: "AAAA", origin: issuer, rpID: rpID, flags: userPresent | userVerified, public: "public-key"}
	f.Add(whole.get())
	whole.extensions = map[string]any{"uvm": [][]uint32{{2, 2, 2}}}
	f.Add(whole.get())
	f.Fuzz(func(t *testing.T, response string) {
		w := newWorld(t)
		w.registered(alice, d)
		for _, user := range []string{alice, ""} {
			w.begin("r_1", user)
			if proof, err := w.finish("r_1", user, response); !errors.Is(err, factor.ErrRefused) || proof.User.ID != "" {
				t.Errorf("%q proves %+v, %v", response, proof, err)
			}
		}
	})
}

// FuzzPasskeyRegistration: no bytes without the page's challenge add a passkey.
func FuzzPasskeyRegistration(f *testing.F) {
	for _, text := range garbage(64) {
		f.Add(text)
	}
	whole := answer{device: deviceOf(alice), kind: "webauthn.create", challenge: "AAAA", origin: issuer, rpID: rpID, flags: userPresent | userVerified, public: "public-key"}
	f.Add(whole.create())
	whole.extensions = map[string]any{"credProtect": 2}
	f.Add(whole.create())
	f.Fuzz(func(t *testing.T, response string) {
		w := newWorld(t)
		w.beginRegistration("r_1", alice)
		if err := w.finishRegistration("r_1", alice, response); !errors.Is(err, factor.ErrRefused) || w.credentials(alice, factor.Passkey) != nil {
			t.Errorf("%q: %v, kept %+v", response, err, w.credentials(alice, factor.Passkey))
		}
	})
}
