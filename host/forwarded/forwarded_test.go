package forwarded_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/forwarded"
)

// seen is the address that a request from a peer, with these headers, comes from.
func seen(peer string, headers ...string) (address, logs string) {
	var log strings.Builder
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	handler := forwarded.From(trusted, slog.New(slog.NewTextHandler(&log, nil)))(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		address = forwarded.Address(r).String()
	}))
	for range 2 {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = peer
		for _, h := range headers {
			r.Header.Add("X-Forwarded-For", h)
		}
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	return address, log.String()
}

func TestAddress(t *testing.T) {
	for _, test := range []struct {
		name, peer string
		headers    []string
		want       string
	}{
		{"no header", "192.0.2.1:1234", nil, "192.0.2.1"},
		{"no header from a proxy", "10.0.0.1:1234", nil, "10.0.0.1"},
		{"one proxy", "10.0.0.1:1234", []string{"192.0.2.1"}, "192.0.2.1"},
		{"several proxies", "10.0.0.1:1234", []string{"192.0.2.1, 10.1.1.1,10.2.2.2"}, "192.0.2.1"},
		{"several lines", "10.0.0.1:1234", []string{"192.0.2.1", "10.1.1.1", "fd00::1"}, "192.0.2.1"},
		{"a proxy of IPv6", "[fd00::2]:1234", []string{"2001:db8::1"}, "2001:db8::1"},
		{"IPv4 within IPv6", "[::ffff:10.0.0.1]:1234", []string{"::ffff:192.0.2.1"}, "192.0.2.1"},
		{"with ports", "10.0.0.1:1234", []string{"[2001:db8::1]:443, 10.1.1.1:80"}, "2001:db8::1"},
		{"proxies only", "10.0.0.1:1234", []string{"10.9.9.9, 10.1.1.1"}, "10.9.9.9"},
		{"no address at all", "@", []string{"192.0.2.1"}, "invalid IP"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, _ := seen(test.peer, test.headers...); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// Whoever wants another address writes a header: it is believed from a proxy only,
// and of what a proxy passes on only what it saw itself.
func TestSpoofedHeader(t *testing.T) {
	for _, test := range []struct {
		name, peer string
		headers    []string
		want       string
	}{
		{"from nobody's proxy", "192.0.2.66:1234", []string{"198.51.100.7"}, "192.0.2.66"},
		{"a proxy's name from outside", "192.0.2.66:1234", []string{"10.0.0.1"}, "192.0.2.66"},
		{"passed on by a proxy", "10.0.0.1:1234", []string{"198.51.100.7, 192.0.2.66"}, "192.0.2.66"},
		{"in a line of its own", "10.0.0.1:1234", []string{"198.51.100.7", "192.0.2.66"}, "192.0.2.66"},
		{"a proxy's address, passed on", "10.0.0.1:1234", []string{"10.1.1.1, 192.0.2.66"}, "192.0.2.66"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, _ := seen(test.peer, test.headers...); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// Where an entry is no address, the last proxy that is known stands for all.
func TestMalformedHeader(t *testing.T) {
	for header, want := range map[string]string{
		"":                          "10.0.0.1",
		"unknown":                   "10.0.0.1",
		"192.0.2.1,":                "10.0.0.1",
		"192.0.2.1, ,":              "10.0.0.1",
		"192.0.2.1, _hidden":        "10.0.0.1",
		"192.0.2.1, _x, 10.3.3.3":   "10.3.3.3",
		"192.0.2.1 192.0.2.2":       "10.0.0.1",
		"192.0.2.1;192.0.2.2":       "10.0.0.1",
		"0x7f.1":                    "10.0.0.1",
		"192.0.2.256":               "10.0.0.1",
		strings.Repeat(",", 50_000): "10.0.0.1",
		"garbage, 192.0.2.1":        "192.0.2.1",
	} {
		if got, _ := seen("10.0.0.1:1234", header); got != want {
			t.Errorf("%.30q: got %s, want %s", header, got, want)
		}
	}
}

// A proxy that nobody named is told of once, or a stranger could fill the log.
func TestUntrustedProxyIsLoggedOnce(t *testing.T) {
	if _, logs := seen("192.0.2.66:1234", "198.51.100.7"); strings.Count(logs, "trusted_proxies") != 1 {
		t.Errorf("log: %s", logs)
	}
	if _, logs := seen("10.0.0.1:1234", "198.51.100.7"); logs != "" {
		t.Errorf("log: %s", logs)
	}
}

// Whatever a header holds: no panic, and nothing before an entry that is not a
// proxy's counts.
func FuzzHeader(f *testing.F) {
	f.Add("192.0.2.1, 10.0.0.1")
	f.Add("[::1]:80,,")
	f.Fuzz(func(t *testing.T, header string) {
		got, _ := seen("10.0.0.1:1234", header, "192.0.2.1")
		if got != "192.0.2.1" {
			t.Errorf("got %s", got)
		}
		if got, _ := seen("192.0.2.66:1234", header); got != "192.0.2.66" {
			t.Errorf("from outside: got %s", got)
		}
	})
}
