package host_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/host/plugin"
)

// A provider on https answers nobody from elsewhere without TLS, has browsers stay there, and its cookies are bound to it: over plain
// http none of them is sent (RFC 6797, RFC 6265bis 4.1.3.2).
func TestHTTPSIsKept(t *testing.T) {
	cfg := hosttest.Load(t, "testdata/clients.toml")
	cfg.Issuer = "https://login.example.com"
	wasm, err := os.ReadFile(cfg.Plugins["standard"].Path)
	if err != nil {
		t.Fatal(err)
	}
	cfg.CacheDir = "../.cache/acrhost"
	h, err := host.Open(t.Context(), cfg, host.Options{StandardDigest: plugin.Digest(wasm)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	for _, path := range []string{"/authorize?" + request(nil).Encode(), "/jwks", "/nowhere", "/token"} {
		w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
		h.ServeHTTP(w, r)
		if w.Code != http.StatusForbidden || len(w.Result().Cookies()) > 0 {
			t.Errorf("%s, asked for by http from %s: %d", path, r.RemoteAddr, w.Code)
		}
		r.Header.Set("X-Forwarded-Proto", "https")
		w = httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Header().Get("Strict-Transport-Security"); got != "max-age=31536000" {
			t.Errorf("%s: Strict-Transport-Security is %q", path, got)
		}
		for _, c := range w.Result().Cookies() {
			if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
				t.Errorf("%s: cookie %s", path, c)
			}
		}
	}
}
