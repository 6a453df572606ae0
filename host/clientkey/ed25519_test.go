package clientkey_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/lestrrat-go/jwx/v2/jwa"

	"github.com/acrhost/acrhost/host/clientkey"
)

// byHand is a JWS with this header, by a key for Ed25519.
func byHand(key ed25519.PrivateKey, header string) string {
	b64 := base64.RawURLEncoding
	text := b64.EncodeToString([]byte(header)) + "." + b64.EncodeToString([]byte(`{"sub":"c"}`))
	return text + "." + b64.EncodeToString(ed25519.Sign(key, []byte(text)))
}

// RFC 9864 2.2: Ed25519 is the full name of what EdDSA is with such a key.
func TestEd25519(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plain := string(setOf(t, "1", public))
	raw := byHand(private, `{"alg":"Ed25519","kid":"1","typ":"JWT"}`)
	for name, alg := range map[string]string{"no alg": "", "the old name": `"alg":"EdDSA",`, "the new one": `"alg":"Ed25519",`} {
		keys := fixed(t, []byte(strings.Replace(plain, `"kid"`, alg+`"kid"`, 1)))
		signed, err := keys.Verify(t.Context(), raw, clientkey.Algs())
		if err != nil || signed.Alg != "Ed25519" || signed.Type != "JWT" || string(signed.Payload) != `{"sub":"c"}` {
			t.Errorf("%s: %+v, %v", name, signed, err)
		}
		if _, err := keys.Verify(t.Context(), sign(t, jwa.EdDSA, private, "1"), clientkey.Algs()); err != nil {
			t.Errorf("%s: EdDSA: %v", name, err)
		}
	}
}

func TestAttackEd25519(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, stranger, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys := fixed(t, setOf(t, "1", public))
	good := byHand(private, `{"alg":"Ed25519","kid":"1"}`)
	parts := strings.Split(good, ".")
	for name, raw := range map[string]string{
		"a stranger's":      byHand(stranger, `{"alg":"Ed25519","kid":"1"}`),
		"another payload":   parts[0] + ".e30." + parts[2],
		"no signature":      parts[0] + "." + parts[1] + ".",
		"half a signature":  good[:len(good)-40],
		"padded":            good + "==",
		"another name":      byHand(private, `{"alg":"ed25519","kid":"1"}`),
		"another curve":     byHand(private, `{"alg":"Ed448","kid":"1"}`),
		"a critical member": byHand(private, `{"alg":"Ed25519","kid":"1","crit":["b64"],"b64":false}`),
	} {
		if _, err := keys.Verify(t.Context(), raw, clientkey.Algs()); err == nil {
			t.Errorf("%s passes", name)
		}
	}
	if _, err := keys.Verify(t.Context(), good, []string{"EdDSA"}); err == nil {
		t.Error("an algorithm that was not allowed")
	}
	_, other := newKey(t, "1")
	if _, err := fixed(t, other).Verify(t.Context(), good, clientkey.Algs()); err == nil {
		t.Error("a key of another kind")
	}
}
