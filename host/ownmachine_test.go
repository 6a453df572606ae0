package host

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/forwarded"
)

// A page of another site that has its name mean this machine (DNS rebinding), another
// machine, and one behind a proxy see nothing of what a step logged.
func TestOwnMachine(t *testing.T) {
	inside := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("log and stack")) })
	handler := forwarded.From([]netip.Prefix{netip.MustParsePrefix("127.0.0.9/32")}, slog.New(slog.DiscardHandler))(ownMachine(inside))
	for _, tt := range []struct {
		host, peer, forwarded string
		status                int
	}{
		{"localhost:8080", "127.0.0.1:1234", "", http.StatusOK},
		{"LOCALHOST", "127.0.0.1:1234", "", http.StatusOK},
		{"127.0.0.1:8080", "127.0.0.1:1234", "", http.StatusOK},
		{"[::1]:8080", "[::1]:1234", "", http.StatusOK},
		{"[::1]", "[::1]:1234", "", http.StatusOK},
		{"evil.example:8080", "127.0.0.1:1234", "", http.StatusMisdirectedRequest},
		{"localhost.evil.example", "127.0.0.1:1234", "", http.StatusMisdirectedRequest},
		{"localhost@evil.example:8080", "127.0.0.1:1234", "", http.StatusMisdirectedRequest},
		{"192.0.2.1:8080", "127.0.0.1:1234", "", http.StatusMisdirectedRequest},
		{"", "127.0.0.1:1234", "", http.StatusMisdirectedRequest},
		{"localhost:8080", "192.0.2.7:1234", "", http.StatusForbidden},
		{"localhost:8080", "127.0.0.9:1234", "192.0.2.7", http.StatusForbidden},
	} {
		r := httptest.NewRequest(http.MethodGet, "/authorize", http.NoBody)
		r.Host, r.RemoteAddr = tt.host, tt.peer
		if tt.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != tt.status || strings.Contains(w.Body.String(), "stack") != (tt.status == http.StatusOK) {
			t.Errorf("%s from %s %s: %d %s", tt.host, tt.peer, tt.forwarded, w.Code, w.Body)
		}
	}
}
