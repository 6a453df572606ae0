package page_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/page"
)

// The frame runs its own script alone, may stand anywhere, and takes nothing from its name.
func TestCheckSession(t *testing.T) {
	w := httptest.NewRecorder()
	page.New(page.Config{}).CheckSession(w, `a"><script>`)
	h := w.Header()
	if csp := h.Get("Content-Security-Policy"); strings.Contains(csp, "frame-ancestors") || !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "script-src 'sha256-") || h.Get("X-Frame-Options") != "" {
		t.Errorf("headers %v", h)
	}
	if body := w.Body.String(); strings.Count(body, "<script") != 1 || !strings.Contains(body, "postMessage(answer, event.origin)") {
		t.Error(body)
	}
}
