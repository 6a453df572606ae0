package source_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/signature"
	"github.com/acrhost/acrhost/host/artifact/source"
	"github.com/acrhost/acrhost/host/outbound"
)

// TestMain makes the certificate of httptest one that this process trusts.
func TestMain(m *testing.M) { os.Exit(trusting(m)) }

func trusting(m *testing.M) int {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	dir, err := os.MkdirTemp("", "source")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := errors.Join(os.WriteFile(file, text, 0o600), os.Setenv("SSL_CERT_FILE", file), os.Setenv("DOCKER_CONFIG", dir)); err != nil {
		panic(err)
	}
	return m.Run()
}

// inside is a server of the operator's own network; nobody may be sent there.
func inside(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("asked for %s", r.URL) }))
	t.Cleanup(s.Close)
	return s.URL
}

// TestARegistryLeadsNowhereInside is server-side request forgery by redirect, and by the
// address where a token is to be had.
func TestARegistryLeadsNowhereInside(t *testing.T) {
	elsewhere := inside(t)
	for name, answer := range map[string]http.HandlerFunc{
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere+"/secret", http.StatusTemporaryRedirect)
		},
		"token": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="`+elsewhere+`/token",service="s"`)
			w.WriteHeader(http.StatusUnauthorized)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(answer)
			defer s.Close()
			_, err := client().Fetch(t.Context(), place(t, "oci+http://"+strings.TrimPrefix(s.URL, "http://")+"/a/b:1"))
			if !errors.Is(err, outbound.ErrInside) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestARegistryThatNeverEnds answers more than it said.
func TestARegistryThatNeverEnds(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
		w.Header().Set("Docker-Content-Digest", "sha256:"+strings.Repeat("00", 32))
		if r.Method == http.MethodHead {
			w.Header().Set("Content-Length", "300000")
			return
		}
		for range 1 << 12 {
			if _, err := w.Write(make([]byte, 1<<10)); err != nil {
				return
			}
		}
	}))
	defer s.Close()
	_, err := client().Fetch(t.Context(), place(t, "oci+http://"+strings.TrimPrefix(s.URL, "http://")+"/a/b:1"))
	wants(t, err, "its manifest has 300000 bytes")
}

func TestFetchHTTPS(t *testing.T) {
	wasm := packed(t, "1.0.0")
	jws := signed(t, wasm)
	mux := http.NewServeMux()
	give := func(path string, content []byte) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) })
	}
	give("/risk.wasm", wasm)
	give("/risk.wasm.jws", jws)
	give("/unsigned.wasm", wasm)
	mux.HandleFunc("/get/", func(w http.ResponseWriter, r *http.Request) { // by the query, or not at all
		content := map[string][]byte{"/get/risk.wasm": wasm, "/get/risk.wasm.jws": jws}[r.URL.Path]
		if r.URL.RawQuery != "v=1.0&token=s3cret" || content == nil {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(content)
	})
	give("/long.wasm", wasm)
	give("/long.wasm.jws", make([]byte, signature.MaxSignature+1))
	mux.HandleFunc("/moved.wasm", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/told.wasm", http.StatusFound) })
	mux.HandleFunc("/told.wasm", func(w http.ResponseWriter, r *http.Request) {
		if r.Referer() != "" {
			t.Errorf("whoever it redirects to is told %s", r.Referer())
		}
		_, _ = w.Write(wasm)
	})
	mux.HandleFunc("/plain", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://registry.example.com/risk.wasm", http.StatusFound)
	})
	elsewhere := inside(t)
	mux.HandleFunc("/inside", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, strings.Replace(elsewhere, "http", "https", 1), http.StatusFound)
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/huge", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(artifact.MaxModule+1))
	})
	s := httptest.NewTLSServer(mux)
	defer s.Close()
	tests := map[string]struct {
		path, digest, want string
		signatures         int
	}{
		"signed":         {"/risk.wasm", artifact.Digest(wasm), "", 1},
		"by a query":     {"/get/risk.wasm?v=1.0&token=s3cret", artifact.Digest(wasm), "", 1},
		"redirected":     {"/moved.wasm?token=s3cret", artifact.Digest(wasm), "", 0},
		"unsigned":       {"/unsigned.wasm", artifact.Digest(wasm), "", 0},
		"another digest": {"/risk.wasm", artifact.Digest(nil), "the module was changed", 0},
		"nothing":        {"/nothing", artifact.Digest(wasm), "there is nothing", 0},
		"long signature": {"/long.wasm", artifact.Digest(wasm), "bytes", 0},
		"to plain http":  {"/plain", artifact.Digest(wasm), "it redirects from https to http", 0},
		"to the inside":  {"/inside", artifact.Digest(wasm), outbound.ErrInside.Error(), 0},
		"for ever":       {"/loop", artifact.Digest(wasm), "too many redirects", 0},
		"huge":           {"/huge", artifact.Digest(wasm), "are allowed", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, err := client().Fetch(t.Context(), place(t, s.URL+tt.path+"#"+tt.digest))
			if tt.want != "" {
				wants(t, err, tt.want)
			} else if err != nil || len(f.Signatures) != tt.signatures {
				t.Errorf("%+v, %v", f, err)
			}
		})
	}
}

func TestKeyring(t *testing.T) {
	key, err := signature.NewKey("ES256")
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.Public()
	if err != nil {
		t.Fatal(err)
	}
	asked, status := 0, http.StatusOK
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(status)
		_, _ = w.Write(public)
	}))
	defer s.Close()
	now := time.Now()
	ring := source.Keyring{Dir: filepath.Join(t.TempDir(), "signers"), Now: func() time.Time { return now }}
	steps := []struct {
		name   string
		again  bool
		later  time.Duration
		status int
		asked  int // in all
		want   string
	}{
		{"first", false, 0, http.StatusOK, 1, ""},
		{"kept", false, time.Hour, http.StatusOK, 1, ""},
		{"asked again", true, 0, http.StatusOK, 2, ""},
		{"a day later", false, 25 * time.Hour, http.StatusOK, 3, ""},
		{"the vendor is away", true, 0, http.StatusInternalServerError, 4, ""},
		{"for a week", false, 8 * 24 * time.Hour, http.StatusInternalServerError, 5, "the server answered 500"},
		{"redirects", true, 0, http.StatusFound, 6, "the server answered 302"},
	}
	for _, step := range steps {
		now, status = now.Add(step.later), step.status
		keys, err := ring.Keys(t.Context(), "acme", s.URL, step.again)
		if step.want != "" {
			wants(t, err, step.want)
		} else if err != nil || !keys.Has(key.ID()) {
			t.Errorf("%s: %v", step.name, err)
		}
		if asked != step.asked {
			t.Errorf("%s: asked %d times, want %d", step.name, asked, step.asked)
		}
	}
	// What others can write to isn't believed.
	sum := sha256.Sum256([]byte(s.URL))
	kept := filepath.Join(ring.Dir, hex.EncodeToString(sum[:])+".jwks.json")
	if _, err := os.Stat(kept); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chtimes(kept, now, now), os.Chmod(ring.Dir, 0o777)); err != nil {
		t.Fatal(err)
	}
	status = http.StatusInternalServerError
	_, err = ring.Keys(t.Context(), "acme", s.URL, false)
	wants(t, err, "the server answered 500")

	file := filepath.Join(t.TempDir(), "acme.jwks.json")
	if err := os.WriteFile(file, public, 0o600); err != nil {
		t.Fatal(err)
	}
	if keys, err := (source.Keyring{}).Keys(t.Context(), "acme", file, false); err != nil || !keys.Has(key.ID()) {
		t.Errorf("from a file: %v", err)
	}
	_, err = (source.Keyring{}).Keys(t.Context(), "acme", file+".absent", false)
	wants(t, err, "no such file")
	_, err = (source.Keyring{}).Keys(t.Context(), "acme", "https://user:secret@127.0.0.1/", false)
	wants(t, err, "with a password in it")
}
