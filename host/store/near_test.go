package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

func TestNear(t *testing.T) {
	at := time.Date(2026, 11, 28, 17, 0, 0, 0, time.UTC)
	one, same, later := store.Near(at, "A"), store.Near(at.Add(time.Second-1), "B"), store.Near(at.Add(time.Second), "A")
	if len(one) != 8 || one[:7] != same[:7] || one[:7] == later[:7] {
		t.Errorf("%s, %s, %s", one, same, later)
	}
	if a, b := store.Near(at, ""), store.Near(at.Add(time.Hour), ""); a[:3] != b[:3] {
		t.Errorf("an hour apart: %s, %s", a, b)
	}
}

// The key of a secret begins as the secret does, and tells nothing else of it.
func TestKeyOfNearSecret(t *testing.T) {
	at := time.Now()
	one, other := store.NearSecret(at, "one"), store.NearSecret(at, "other")
	if k := store.Key(one); k[:8] != one[:8] || k == store.Key(other) || strings.Contains(k[8:], "one") {
		t.Errorf("the key of %s is %s", one, k)
	}
	// Another beginning is another secret.
	if store.Key(one)[8:] == store.Key(store.NearSecret(at.Add(time.Hour), "one"))[8:] {
		t.Error("the beginning is not part of what is hashed")
	}
	for _, plain := range []string{"", "one", "short.x", "lowercase.x", "abcdefg.x", "AB\x00DEFG.x", "ÄBCDEF.x", "ABCDEFG", strings.Repeat("A", 43)} {
		if k := store.Key(plain); len(k) != 43 {
			t.Errorf("the key of %q is %s", plain, k)
		}
	}
}
