package form_test

import (
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/form"
	"github.com/acrhost/acrhost/host/store"
)

func signer(t testing.TB, use string, key byte) form.Signer {
	t.Helper()
	seed := make([]byte, store.SealKeySize)
	seed[0] = key
	sealer, err := store.NewSealer(seed)
	if err != nil {
		t.Fatal(err)
	}
	return form.Signer{Sealer: sealer, Use: use}
}

func TestToken(t *testing.T) {
	s := signer(t, "form", 0)
	for _, word := range []string{"0", "", "saved", "é"} {
		if got, ok := s.Open("alice", s.Sign("alice", word)); !ok || got != word {
			t.Errorf("%q came back as %q, %v", word, got, ok)
		}
	}
}

func TestForgedToken(t *testing.T) {
	s := signer(t, "form", 0)
	token := s.Sign("alice", "0")
	_, code, _ := strings.Cut(token, ".")
	for name, forged := range map[string]string{
		"none": "", "another owner's": s.Sign("bob", "0"), "another use's": signer(t, "notice", 0).Sign("alice", "0"),
		"another host's": signer(t, "form", 1).Sign("alice", "0"), "another word": "1." + code, "no code": "0",
		"an empty code": "0.", "a cut code": token[:len(token)-2], "more after it": token + ".", "no base64": "0.$",
	} {
		if word, ok := s.Open("alice", forged); ok {
			t.Errorf("%s says %q", name, word)
		}
	}
}
