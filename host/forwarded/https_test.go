package forwarded_test

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/acrhost/acrhost/host/forwarded"
)

// What comes in the clear from another machine is not answered, whoever says what.
func TestHTTPS(t *testing.T) {
	reached := false
	h := forwarded.HTTPS([]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, slog.New(slog.DiscardHandler))(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	for name, row := range map[string]struct {
		peer, said string
		overTLS    bool
		reached    bool
	}{
		"this machine":                      {"127.0.0.1:1", "", false, true},
		"this machine, IPv6":                {"[::1]:1", "", false, true},
		"this machine, IPv4 in IPv6":        {"[::ffff:127.0.0.1]:1", "", false, true},
		"no network":                        {"@", "", false, true},
		"a proxy on this machine, by http":  {"127.0.0.1:1", "http", false, false},
		"a proxy on this machine, by https": {"127.0.0.1:1", "https", false, true},
		"a named proxy":                     {"192.0.2.1:1", "", false, true},
		"a named proxy, by https":           {"192.0.2.1:1", "HTTPS", false, true},
		"a named proxy, by http":            {"192.0.2.1:1", "http", false, false},
		"through two, by http":              {"192.0.2.1:1", "http, https", false, false},
		"through two, by https":             {"192.0.2.1:1", "https, http", false, true},
		"somebody":                          {"198.51.100.1:1", "", false, false},
		"somebody in IPv6":                  {"[2001:db8::1]:1", "", false, false},
		"somebody, by TLS":                  {"198.51.100.1:1", "", true, true},
		"somebody who says http":            {"198.51.100.1:1", "http", false, false},
		"somebody who says something":       {"198.51.100.1:1", "ws", false, false},
		"another proxy, by https":           {"198.51.100.1:1", "https", false, true},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/token", http.NoBody)
		r.RemoteAddr = row.peer
		if row.said != "" {
			r.Header.Set("X-Forwarded-Proto", row.said)
		}
		if row.overTLS {
			r.TLS = &tls.ConnectionState{}
		}
		reached = false
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if reached != row.reached || !reached && w.Code != http.StatusForbidden {
			t.Errorf("%s: %v, %d", name, reached, w.Code)
		}
	}
}
