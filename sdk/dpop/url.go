package dpop

import (
	"net/url"
	"path"
	"strings"
)

// SameURL says whether two https or http URLs name the same thing, but for query and
// fragment, which do not count (RFC 9449 4.3: both are normalised by RFC 3986 6.2.2 and
// 6.2.3).
func SameURL(a, b string) bool {
	x, ok := normal(a)
	if !ok {
		return false
	}
	y, ok := normal(b)
	return ok && x == y
}

// normal is a URL in the one form of all its spellings.
func normal(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Opaque != "" {
		return "", false
	}
	scheme, host, port := strings.ToLower(u.Scheme), strings.ToLower(u.Hostname()), u.Port()
	switch {
	case scheme != "https" && scheme != "http":
		return "", false
	case scheme == "https" && port == "443", scheme == "http" && port == "80":
		port = ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" {
		host += ":" + port
	}
	return scheme + "://" + host + normalPath(u), true
}

// normalPath: an escaped character that needs no escape is itself, dots are followed, and
// no path is the root.
func normalPath(u *url.URL) string {
	p := u.EscapedPath()
	if p == "" {
		return "/"
	}
	p = unreserved(p)
	clean := path.Clean(p)
	if strings.HasSuffix(p, "/") && clean != "/" {
		clean += "/"
	}
	if strings.Contains(p, "//") {
		return p // path.Clean would take two slashes for one, which they are not
	}
	return clean
}

// unreserved decodes what needs no escape, and writes the rest in upper case (RFC 3986
// 6.2.2.1 and 6.2.2.2).
func unreserved(p string) string {
	var out strings.Builder
	for i := 0; i < len(p); i++ {
		if p[i] != '%' || i+2 >= len(p) {
			out.WriteByte(p[i])
			continue
		}
		c, err := url.PathUnescape(p[i : i+3])
		if err == nil && len(c) == 1 && isUnreserved(c[0]) {
			out.WriteString(c)
		} else {
			out.WriteString(strings.ToUpper(p[i : i+3]))
		}
		i += 2
	}
	return out.String()
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
