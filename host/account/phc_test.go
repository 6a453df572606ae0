package account_test

import (
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/account"
)

const goodHash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$c3Vtc3Vtc3Vtc3Vtc3Vtc3Vtc3Vtc3Vtc3Vtc3Vtc3U"

func TestParseHash(t *testing.T) {
	if got, err := account.Canonical(goodHash); err != nil || got != goodHash {
		t.Fatalf("Canonical = %q, %v", got, err)
	}
	replace := func(old, new string) string { return strings.Replace(goodHash, old, new, 1) }
	for name, text := range map[string]string{
		"empty":              "",
		"argon2i":            replace("argon2id", "argon2i"),
		"bcrypt":             "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
		"an old version":     replace("v=19", "v=16"),
		"no version":         replace("$v=19", ""),
		"all the memory":     replace("m=19456", "m=4294967295"),
		"no memory":          replace("m=19456", "m=0"),
		"for ever":           replace("t=2", "t=4294967295"),
		"never":              replace("t=2", "t=0"),
		"many threads":       replace("p=1", "p=255"),
		"memory for none":    replace("m=19456,t=2,p=1", "m=8,t=2,p=2"),
		"a leading zero":     replace("t=2", "t=02"),
		"a sign":             replace("t=2", "t=+2"),
		"another order":      replace("m=19456,t=2", "t=2,m=19456"),
		"a parameter more":   replace("p=1", "p=1,keyid=x"),
		"a short salt":       replace("c2FsdHNhbHRzYWx0c2FsdA", "c2FsdA"),
		"no sum":             replace("$c3Vtc3Vtc3Vtc3Vtc3Vtc3Vtc3Vtc3Vtc3Vtc3Vtc3U", "$"),
		"padding":            goodHash + "=",
		"a line end":         replace("c2FsdHNh", "c2FsdHN\nh"),
		"bits that are lost": replace("c2FsdHNhbHRzYWx0c2FsdA", "c2FsdHNhbHRzYWx0c2FsdB"),
		"something after":    goodHash + "$x",
		"endless":            goodHash + strings.Repeat("A", 1<<16),
	} {
		if got, err := account.Canonical(text); err == nil {
			t.Errorf("%s: %q was read as %q", name, text, got)
		}
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add(goodHash)
	f.Add("$argon2id$v=19$m=8,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, text string) {
		// What is read is written the same: each hash has one text.
		if got, err := account.Canonical(text); err == nil && got != text {
			t.Errorf("%q was read as %q", text, got)
		}
	})
}
