package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Redirect URIs that are almost the registered one. A browser, a proxy or a URL
// library may take each of them for another place than a lax comparison does.
func TestRedirectURIMustBeTheRegisteredOne(t *testing.T) {
	r := newRig(t)
	for name, uri := range map[string]string{
		"slash at the end":         "https://spa.example.com/cb/",
		"no path":                  "https://spa.example.com",
		"path goes on":             "https://spa.example.com/cbx",
		"path below":               "https://spa.example.com/cb/evil",
		"path traversal":           "https://spa.example.com/cb/../evil",
		"path traversal, back":     "https://spa.example.com/x/../cb",
		"dot segment":              "https://spa.example.com/./cb",
		"encoded traversal":        "https://spa.example.com/cb/%2e%2e/evil",
		"double slash":             "https://spa.example.com//cb",
		"backslash":                `https://spa.example.com\cb`,
		"case of the path":         "https://spa.example.com/CB",
		"case of the host":         "https://SPA.example.com/cb",
		"case of the scheme":       "HTTPS://spa.example.com/cb",
		"http":                     "http://spa.example.com/cb",
		"default port":             "https://spa.example.com:443/cb",
		"other port":               "https://spa.example.com:8443/cb",
		"empty port":               "https://spa.example.com:/cb",
		"user info":                "https://user@spa.example.com/cb",
		"user info that is a host": "https://spa.example.com@evil.example/cb",
		"user info, encoded":       "https://spa.example.com%40evil.example/cb",
		"query added":              "https://spa.example.com/cb?next=https://evil.example",
		"empty query":              "https://spa.example.com/cb?",
		"fragment":                 "https://spa.example.com/cb#x",
		"empty fragment":           "https://spa.example.com/cb#",
		"percent-encoded path":     "https://spa.example.com/%63b",
		"percent-encoded host":     "https://sp%61.example.com/cb",
		"NUL":                      "https://spa.example.com/cb\x00",
		"line break":               "https://spa.example.com/cb\r\nSet-Cookie: a=b",
		"blank before":             " https://spa.example.com/cb",
		"blank after":              "https://spa.example.com/cb ",
		"host dot":                 "https://spa.example.com./cb",
		"host goes on":             "https://spa.example.com.evil.example/cb",
		"subdomain":                "https://x.spa.example.com/cb",
		"unicode host":             "https://sp\u0430.example.com/cb",
		"unicode full stop":        "https://spa\u3002example.com/cb",
		"full-width letter":        "https://\uff53pa.example.com/cb",
		"no scheme":                "//spa.example.com/cb",
		"relative":                 "/cb",
		"javascript":               "javascript:alert(1)//https://spa.example.com/cb",
		"data":                     "data:text/html,x",
		"open redirect of its own": "https://spa.example.com/logout?to=https://evil.example",
		"two of them":              spaURI + " " + spaURI,
		"fixed port, another":      "http://127.0.0.1:7778/fixed",
		"fixed port, none":         "http://127.0.0.1/fixed",
		"loopback, other path":     "http://127.0.0.1:5000/other",
		"loopback, path goes on":   "http://127.0.0.1:5000/cb/x",
		"loopback, https":          "https://127.0.0.1:5000/cb",
		"loopback, port 0":         "http://127.0.0.1:0/cb",
		"loopback, port too large": "http://127.0.0.1:65536/cb",
		"loopback, port signed":    "http://127.0.0.1:+80/cb",
		"loopback, leading zero":   "http://127.0.0.1:080/cb",
		"loopback, no port digits": "http://127.0.0.1:/cb",
		"loopback, user info":      "http://127.0.0.1:5000@evil.example/cb",
		"loopback, two ports":      "http://127.0.0.1:5000:6000/cb",
		"loopback, port and host":  "http://127.0.0.1:5000.evil.example/cb",
		"loopback, slash in port":  "http://127.0.0.1:5000/evil/cb",
		"loopback, other address":  "http://127.0.0.2:5000/cb",
		"loopback, hexadecimal":    "http://0x7f000001:5000/cb",
		"loopback, short":          "http://127.1:5000/cb",
		"loopback, long IPv6":      "http://[0:0:0:0:0:0:0:1]:5000/cb",
		"loopback, mapped IPv6":    "http://[::ffff:127.0.0.1]:5000/cb",
		"localhost with a port":    "http://localhost:5000/cb",
		"app scheme, other path":   "com.example.app:/evil",
		"app scheme, with host":    "com.example.app://evil/cb",
	} {
		t.Run(name, func(t *testing.T) {
			wantPage(t, r.get("/authorize", good("spa", url.Values{"redirect_uri": {uri}})))
		})
	}
	if r.login.count() != 0 {
		t.Errorf("%d logins were started", r.login.count())
	}
}

func TestRedirectURIsThatMayBeUsed(t *testing.T) {
	r := newRig(t)
	for _, uri := range []string{
		spaURI, "http://127.0.0.1/cb", "http://127.0.0.1:1/cb", "http://127.0.0.1:65535/cb", "http://[::1]:5000/cb",
		"http://127.0.0.1:7777/fixed", "http://localhost/cb", "com.example.app:/cb",
	} {
		a := r.get("/authorize", good("spa", url.Values{"redirect_uri": {uri}}))
		if to := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, uri+"?code=") {
			t.Errorf("%s: status %d to %q", uri, a.StatusCode, to)
		}
	}
}

// RFC 8252 7.3 makes no difference for apps with a secret, such as those that registered
// themselves (8.4) and those that come with one.
func TestLoopbackPortIsFreeWithASecretToo(t *testing.T) {
	r := newRig(t)
	for _, uri := range []string{"http://127.0.0.1:5000/cb", "http://127.0.0.1/cb"} {
		if a := r.get("/authorize", good("web", url.Values{"redirect_uri": {uri}})); !a.sent(t).Has("code") {
			t.Errorf("%s: %s", uri, a.body)
		}
	}
	wantPage(t, r.get("/authorize", good("web", url.Values{"redirect_uri": {"http://127.0.0.1:5000/other"}})))
}

// The port that the authorization request named is the one that must come back.
func TestLoopbackPortIsBoundToTheCode(t *testing.T) {
	r := newRig(t)
	code := r.code("spa", url.Values{"redirect_uri": {"http://127.0.0.1:5000/cb"}})
	a := r.post("/token", exchange(code, url.Values{"redirect_uri": {"http://127.0.0.1:5001/cb"}}))
	r.wantError(a, http.StatusBadRequest, "invalid_grant")
}
