package source_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/source"
)

// bomb is 64 MiB of zeros in 64 KiB, which a client unpacks unasked (RFC 9110 8.4).
func bomb(t *testing.T) http.HandlerFunc {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	for range 64 {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
		_, _ = w.Write(packed.Bytes())
	}
}

// TestNoAnswerUnpacksToMoreThanItMay holds that what is short on the way is not read on and
// on when it is unpacked: signatures, keys, manifests and tokens have bounds of their own.
func TestNoAnswerUnpacksToMoreThanItMay(t *testing.T) {
	explode, wasm := bomb(t), packed(t, "1.0.0")
	web := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/risk.wasm" {
			_, _ = w.Write(wasm)
			return
		}
		explode(w, r)
	}))
	defer web.Close()
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "/locked/"):
			w.Header().Set("WWW-Authenticate", `Bearer realm="http://`+r.Host+`/token",service="s"`)
			w.WriteHeader(http.StatusUnauthorized)
		case r.Method == http.MethodHead:
			w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
			w.Header().Set("Docker-Content-Digest", artifact.Digest(wasm))
			w.Header().Set("Content-Length", "300")
		default:
			explode(w, r)
		}
	}))
	defer registry.Close()
	at := "oci+http://" + strings.TrimPrefix(registry.URL, "http://")
	fetch := func(reference string) error {
		_, err := client().Fetch(t.Context(), place(t, reference))
		return err
	}
	for name, ask := range map[string]func() error{
		"signature": func() error { return fetch(web.URL + "/risk.wasm#" + artifact.Digest(wasm)) },
		"manifest":  func() error { return fetch(at + "/a/risk:1") },
		"token":     func() error { return fetch(at + "/locked/risk:1") },
		"keys": func() error {
			ring := source.Keyring{Dir: filepath.Join(t.TempDir(), "signers")}
			_, err := ring.Keys(t.Context(), "acme", web.URL+"/keys", false)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := ask()
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Error("taken")
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 16<<20 {
				t.Errorf("%d bytes were read: %v", took, err)
			}
		})
	}
}
