package store_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/acrhost/acrhost/host/store"
)

func TestNormalizeName(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"lower case stays", "alice", "alice"},
		{"upper case", "ALICE", "alice"},
		{"e-mail address", "Alice.B+x@Example.com", "alice.b+x@example.com"},
		{"full width", "Ａｌｉｃｅ", "alice"},
		{"decomposed", "Zoe\u0308", "zo\u00eb"},
		{"umlaut", "MÜLLER", "müller"},
		{"Greek", "ΣΟΦΙΑ", "σοφια"},
		{"longest", strings.Repeat("A", store.MaxNameBytes), strings.Repeat("a", store.MaxNameBytes)},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, err := store.NormalizeName(test.in); err != nil || got != test.want {
				t.Errorf("NormalizeName(%q) = %q, %v, want %q", test.in, got, err, test.want)
			}
		})
	}
}

func TestNormalizeNameRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"empty":                     "",
		"space":                     "alice smith",
		"control":                   "alice\x00",
		"newline":                   "alice\nbob",
		"not UTF-8":                 "alice\xff",
		"too long":                  strings.Repeat("a", store.MaxNameBytes+1),
		"invisible":                 "ali\u200bce",
		"right-to-left override":    "alice\u202eecila",
		"two directions (RFC 5893)": "\u05d0a\u05d0b",
		"compatibility character":   "\ufb01sh",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := store.NormalizeName(in); !errors.Is(err, store.ErrName) {
				t.Errorf("NormalizeName(%q) = %q, %v, want ErrName", in, got, err)
			}
		})
	}
}

// The tables behind the profile are shared by all callers.
func TestNormalizeNameFromManyGoroutines(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				if got, err := store.NormalizeName("ΣΟΦΙΑＡé"); err != nil || got != "σοφιαaé" {
					t.Errorf("got %q, %v", got, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func FuzzNormalizeName(f *testing.F) {
	for _, seed := range []string{"alice", "Ａｌｉｃｅ", "Zoe\u0308", "ΣΟΦΟΣ", "\u05d0", "a\u0345\u0300", "\u1e9e", "İ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		once, err := store.NormalizeName(name)
		if err != nil {
			return
		}
		twice, err := store.NormalizeName(once)
		if len(once) <= store.MaxNameBytes && (err != nil || twice != once) {
			t.Errorf("%q: once %q, twice %q, %v", name, once, twice, err)
		}
		if once == "" || strings.ContainsAny(once, " \t\r\n\x00") {
			t.Errorf("%q: normalized to %q", name, once)
		}
	})
}
