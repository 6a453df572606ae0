package store_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/acrhost/acrhost/host/store"
)

func newSealer(t testing.TB, fill byte) *store.Sealer {
	t.Helper()
	s, err := store.NewSealer(bytes.Repeat([]byte{fill}, store.SealKeySize))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealedValueOpensOnlyWhereItBelongs(t *testing.T) {
	s := newSealer(t, 1)
	plain := []byte("a private key")
	sealed := s.Seal("key", "k1", plain)
	if bytes.Contains(sealed, plain) {
		t.Fatal("the sealed value shows the plain one")
	}
	if bytes.Equal(sealed, s.Seal("key", "k1", plain)) {
		t.Error("the same value sealed twice looks the same")
	}
	got, err := s.Open("key", "k1", sealed)
	if err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("Open = %q, %v", got, err)
	}
	for _, test := range []struct {
		name, kind, id string
		sealer         *store.Sealer
		sealed         []byte
	}{
		{"another id", "key", "k2", s, sealed},
		{"another kind", "totp", "k1", s, sealed},
		{"the border between kind and id moved", "keyk", "1", s, sealed},
		{"another key", "key", "k1", newSealer(t, 2), sealed},
		{"nothing", "key", "k1", s, nil},
		{"only a version", "key", "k1", s, sealed[:1]},
		{"cut", "key", "k1", s, sealed[:len(sealed)-1]},
		{"another version", "key", "k1", s, append([]byte{2}, sealed[1:]...)},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, err := test.sealer.Open(test.kind, test.id, test.sealed); !errors.Is(err, store.ErrSeal) {
				t.Errorf("Open = %q, %v, want ErrSeal", got, err)
			}
		})
	}
}

func TestEveryBitOfASealedValueCounts(t *testing.T) {
	s := newSealer(t, 1)
	sealed := s.Seal("key", "k1", []byte("secret"))
	for bit := range 8 * len(sealed) {
		forged := bytes.Clone(sealed)
		forged[bit/8] ^= 1 << (bit % 8)
		if _, err := s.Open("key", "k1", forged); !errors.Is(err, store.ErrSeal) {
			t.Fatalf("bit %d flipped: %v, want ErrSeal", bit, err)
		}
	}
}

func TestMACDependsOnKeyRecordAndData(t *testing.T) {
	s := newSealer(t, 1)
	mac := s.MAC("kind", "id", []byte("data"))
	if !bytes.Equal(mac, s.MAC("kind", "id", []byte("data"))) {
		t.Error("the same data has two MACs")
	}
	for name, other := range map[string][]byte{
		"data":   s.MAC("kind", "id", []byte("date")),
		"kind":   s.MAC("kin", "did", []byte("data")),
		"id":     s.MAC("kind", "i", []byte("ddata")),
		"sealer": newSealer(t, 2).MAC("kind", "id", []byte("data")),
	} {
		if bytes.Equal(mac, other) {
			t.Errorf("another %s has the same MAC", name)
		}
	}
}

func TestSealerDoesNotPrintItsKey(t *testing.T) {
	s := newSealer(t, 0xab)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, s); got != "redacted" {
			t.Errorf("%s prints %q", verb, got)
		}
	}
}

func TestOpenSealerMakesTheKeyOnce(t *testing.T) {
	name := filepath.Join(t.TempDir(), "seal.key")
	first, err := store.OpenSealer(name, "")
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if perm := info.Mode().Perm(); perm != 0o600 {
		t.Errorf("mode %04o, want 0600", perm)
	}
	again, err := store.OpenSealer(name, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Open("k", "1", first.Seal("k", "1", []byte("x"))); err != nil {
		t.Errorf("after a restart: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(name), "*")); len(left) != 1 {
		t.Errorf("files left: %v", left)
	}
}

func TestOpenSealerFromEnvironmentBeatsTheFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "seal.key")
	key := bytes.Repeat([]byte{7}, store.SealKeySize)
	s, err := store.OpenSealer(name, base64.StdEncoding.EncodeToString(key))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newSealer(t, 7).Open("k", "1", s.Seal("k", "1", nil)); err != nil {
		t.Errorf("not the key of the environment: %v", err)
	}
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a key file was made: %v", err)
	}
}

func TestOpenSealerRefuses(t *testing.T) {
	good := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, store.SealKeySize))
	for _, test := range []struct {
		name, file, env string
		mode            os.FileMode
		want            string
	}{
		{name: "group may read", file: good, mode: 0o640, want: "chmod 600"},
		{name: "others may read", file: good, mode: 0o604, want: "chmod 600"},
		{name: "empty file", mode: 0o600, want: "holds 0 bytes"},
		{name: "short", file: good[:40], mode: 0o600, want: "holds 30 bytes"},
		{name: "long", file: good[:43] + good, mode: 0o600, want: "base64"},
		{name: "not base64", file: "my secret passphrase", mode: 0o600, want: "not base64"},
		{name: "huge", file: strings.Repeat("A", 1<<20), mode: 0o600, want: "base64"},
		{name: "bad environment", file: good, env: "my secret passphrase", mode: 0o600, want: store.SealKeyEnv},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "seal.key")
			if err := os.WriteFile(name, []byte(test.file), test.mode); err != nil {
				t.Fatal(err)
			}
			_, err := store.OpenSealer(name, test.env)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v, want one with %q", err, test.want)
			}
			if strings.Contains(err.Error(), "passphrase") {
				t.Errorf("the error repeats the key: %v", err)
			}
		})
	}
	if _, err := store.OpenSealer(t.TempDir(), ""); err == nil {
		t.Error("a folder was taken for a key file")
	}
	if _, err := store.OpenSealer("", ""); err == nil {
		t.Error("no key at all was accepted")
	}
}

func TestHostsThatStartAtOnceShareOneKey(t *testing.T) {
	name := filepath.Join(t.TempDir(), "seal.key")
	sealers := make([]*store.Sealer, 16)
	var wg sync.WaitGroup
	for i := range sealers {
		wg.Go(func() {
			s, err := store.OpenSealer(name, "")
			if err != nil {
				t.Error(err)
			}
			sealers[i] = s
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	sealed := sealers[0].Seal("k", "1", nil)
	for i, s := range sealers {
		if _, err := s.Open("k", "1", sealed); err != nil {
			t.Errorf("host %d has another key: %v", i, err)
		}
	}
}

func FuzzOpenSealed(f *testing.F) {
	s := newSealer(f, 1)
	f.Add(s.Seal("key", "k1", []byte("secret")))
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		plain, err := s.Open("key", "k1", sealed)
		// Only the seed itself opens: nobody guesses a tag.
		if err == nil && string(plain) != "secret" {
			t.Fatalf("a forged value opens as %q", plain)
		}
	})
}
