package oidc

import (
	"net/url"
	"strconv"
	"strings"
)

// mayRedirectTo says whether an answer may go to uri. The strings must be equal
// (RFC 9700 2.1): nothing is parsed, decoded or normalised, because every such
// step is one that the browser may take differently.
func (c *client) mayRedirectTo(uri string) bool {
	for _, registered := range c.RedirectURIs {
		if uri == registered || sameButForPort(registered, uri) {
			return true
		}
	}
	return false
}

// sameButForPort is the one exception (RFC 8252 7.3): an app on the user's own
// machine listens on whatever port is free. The registered URI must be http to
// an IP literal of the loopback interface, and without a port: who registers a
// port means that port. localhost is not enough, it is a name that can resolve to
// anything (RFC 8252 8.3).
func sameButForPort(registered, uri string) bool {
	for _, host := range []string{"http://127.0.0.1", "http://[::1]"} {
		path, ok := strings.CutPrefix(registered, host)
		if !ok || path != "" && path[0] != '/' {
			continue
		}
		rest, ok := strings.CutPrefix(uri, host+":")
		if !ok {
			continue
		}
		port, ok := strings.CutSuffix(rest, path)
		return ok && isPort(port)
	}
	return false
}

// isPort takes 1 to 65535, written the one usual way.
func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0 && strconv.FormatUint(n, 10) == s
}

// origin is where a redirect URI leads, as a source for a Content-Security-Policy:
// scheme and host. Without a host, because an app has registered a scheme of its
// own (RFC 8252 7.1), and with an IPv6 address, for which a policy has no words
// (CSP Level 3 2.3.1), it is the scheme alone. Empty when there is none to be told.
func origin(uri string) string {
	u, err := url.Parse(uri)
	switch {
	case err != nil || u.Scheme == "":
		return ""
	case u.Host == "" || u.Host[0] == '[':
		return u.Scheme + ":"
	}
	return u.Scheme + "://" + u.Host
}
