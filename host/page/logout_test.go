package page_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/page"
)

// The frames are the only ones that the page may have, can't lead it away, and need no script.
func TestSignedOutFrames(t *testing.T) {
	const more = "; frame-ancestors 'none'; base-uri 'none'"
	for name, row := range map[string]struct {
		frames []string
		policy string
	}{
		"none": {nil, more},
		"two of one page": {
			[]string{"https://a.example.com/out?iss=x&sid=1", "https://a.example.com/out?iss=x&sid=2"},
			more + "; frame-src https://a.example.com/out",
		},
		"two":               {[]string{"https://a.example.com/out?sid=1", "https://b.example.com/"}, more + "; frame-src https://a.example.com/out https://b.example.com/"},
		"another directive": {[]string{"https://a.example.com/;script-src *"}, more + "; frame-src 'none'"},
		"beside another":    {[]string{"https://a.example.com/*", "https://b.example.com/"}, more + "; frame-src https://b.example.com/"},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			page.New(page.Config{}).SignedOut(w, nil, page.SignedOut{Frames: row.frames, Next: "https://a.example.com/bye?x=\"><script>"})
			csp, body := w.Header().Get("Content-Security-Policy"), w.Body.String()
			if !strings.HasSuffix(csp, row.policy) || strings.Contains(csp, "script-src") {
				t.Errorf("policy %s", csp)
			}
			if n := strings.Count(body, "<iframe"); n != len(row.frames) || strings.Count(body, "sandbox=") != n || strings.Contains(body, "<script") {
				t.Errorf("%d frames in %s", n, body)
			}
			if !strings.Contains(body, `id="continue"`) || !strings.Contains(body, `http-equiv="refresh"`) {
				t.Errorf("no way on in %s", body)
			}
		})
	}
}
