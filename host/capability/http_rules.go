package capability

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/config"
)

// allows says whether any rule names this origin and method. A rule without
// methods allows GET.
func allows(rules []config.CapRule, method string, u *url.URL) bool {
	return slices.ContainsFunc(rules, func(r config.CapRule) bool {
		origin, err := url.Parse(r.Origin)
		if err != nil || originOf(origin) != originOf(u) {
			return false
		}
		if len(r.Methods) == 0 {
			return method == http.MethodGet
		}
		return slices.Contains(r.Methods, method)
	})
}

// originOf is the origin of a URL as RFC 6454 section 4 compares it: scheme and
// host in lower case, and always a port.
func originOf(u *url.URL) string {
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	switch {
	case port != "":
	case scheme == "https":
		port = "443"
	case scheme == "http":
		port = "80"
	}
	return scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}
