package fetchrule

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Rule allows requests to one origin.
type Rule struct {
	Origin string // scheme, host and perhaps a port
	// Path is the whole path, or a pattern, as CheckPath has it. Empty: any path, in any
	// spelling, with any query.
	Path string
	// Methods are in upper case; none: GET.
	Methods []string
}

// Allows says whether any rule names the origin, the path and the method of a request.
func Allows(rules []Rule, method string, u *url.URL) bool {
	return slices.ContainsFunc(rules, func(r Rule) bool {
		return r.method(method) && r.origin() == Origin(u) && matches(r.Path, u)
	})
}

func (r Rule) method(method string) bool {
	if len(r.Methods) == 0 {
		return method == http.MethodGet
	}
	return slices.Contains(r.Methods, method)
}

// origin is the rule's origin as it is compared; empty where it is none.
func (r Rule) origin() string {
	u, err := url.Parse(r.Origin)
	if err != nil {
		return ""
	}
	return Origin(u)
}

// Origin is the origin of a URL as RFC 6454 section 4 compares it: scheme and host in
// lower case, and always a port.
func Origin(u *url.URL) string {
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

// Methods are those that http_fetch knows.
func Methods() []string { return []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} }
