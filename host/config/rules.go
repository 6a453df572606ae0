package config

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/acrhost/acrhost/host/journey"
)

// flaw is what is wrong with a value, and what would be right.
type flaw struct{ wrong, hint string }

// rule records a flaw as a fault; nil is none.
func (r *reader) rule(pos journey.Pos, what string, f *flaw) {
	if f != nil {
		r.fault(pos, f.hint, "%s %s", what, f.wrong)
	}
}

// checkIssuer holds OpenID Connect Discovery 1.0 3: an https URL without query or
// fragment. Plain http is allowed on this machine only, for trying out.
func checkIssuer(s string) *flaw {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return &flaw{"is " + quoted(s) + ", expected a URL", `issuer = "https://login.example.com"`}
	case u.User != nil:
		return &flaw{"holds a user name", "remove what stands before the @"}
	case !secureOrLoopback(u):
		return &flaw{"is " + quoted(s) + ", expected https", "http is for loopback addresses only: http://localhost:8080"}
	case strings.ContainsAny(s, "?#"):
		return &flaw{"is " + quoted(s) + ", it must not have a query or a fragment", "OpenID Connect Discovery 1.0 section 3"}
	case strings.HasSuffix(s, "/"):
		return &flaw{"is " + quoted(s) + ", it must not end in a slash", "issuer = " + quoted(strings.TrimRight(s, "/"))}
	}
	return nil
}

// checkOwnIssuer is checkIssuer for this provider, whose pages and cookies are a host's. It is
// compared as text with what browsers and clients write, and so is its scheme, on which all
// that goes with https depends: there is but one way to write it (RFC 6454 6.2).
func checkOwnIssuer(s string) *flaw {
	if f := checkIssuer(s); f != nil {
		return f
	}
	u, err := url.Parse(s)
	if err != nil || u.Path != "" {
		return &flaw{"is " + quoted(s) + ", it must not have a path", `give it a host of its own: issuer = "https://login.example.com"`}
	}
	if strings.ContainsFunc(u.Host, foreignToHosts) {
		return &flaw{"is " + quoted(s) + ", whose host could be read as another", "letters, digits, dots and dashes; a name in another script as punycode: xn--…"}
	}
	if origin := originOf(u); s != origin {
		return &flaw{"is " + quoted(s) + ", which browsers write in another way", "issuer = " + quoted(origin)}
	}
	return nil
}

// originOf is the origin of a URL as browsers write it: in lower case, without a usual port.
func originOf(u *url.URL) string {
	host, scheme := strings.ToLower(u.Host), strings.ToLower(u.Scheme)
	usual := map[string]string{"https": ":443", "http": ":80"}[scheme]
	return scheme + "://" + strings.TrimSuffix(strings.TrimSuffix(host, usual), ":")
}

// checkOrigin wants a scheme, a host and perhaps a port, as RFC 6454 6.2 writes it.
func checkOrigin(s string) *flaw {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme+"://"+u.Host != s:
		return &flaw{"is " + quoted(s) + ", expected scheme, host and port only", `origin = "https://risk.example.com"`}
	case !secureOrLoopback(u):
		return &flaw{"is " + quoted(s) + ", expected https", "http is for loopback addresses only"}
	}
	return nil
}

// checkRedirectURI holds RFC 6749 3.1.2 (absolute, no fragment) and RFC 8252:
// https, http on a loopback address, or an app's own scheme, which has a dot. That
// keeps out javascript:, data: and whatever else a browser would run.
func checkRedirectURI(s string) *flaw {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme == "":
		return &flaw{quoted(s) + " is not an absolute URI", "https://app.example.com/callback"}
	case strings.Contains(s, "#"):
		return &flaw{quoted(s) + " has a fragment", "RFC 6749 section 3.1.2 forbids it"}
	case strings.ContainsFunc(s, foreignToURIs):
		return &flaw{quoted(s) + " has a character that no URI has", "write it as %XX: it would be sent so, and compared to the letter"}
	case strings.Contains(u.Host, "*"):
		return &flaw{quoted(s) + " has a host that nobody has", "there are no patterns: write each redirect URI whole"}
	case u.User != nil:
		return &flaw{quoted(u.Redacted()) + " holds a user name", "remove what stands before the @"}
	case strings.Contains(u.Scheme, "."):
		return nil // RFC 8252 7.1: a private-use scheme is a domain name, reversed
	case u.Scheme != "https" && u.Scheme != "http":
		return &flaw{quoted(s) + " has a scheme that is not allowed", "https, http on a loopback address, or an app's own scheme with a dot in it, see RFC 8252"}
	case u.Hostname() == "":
		return &flaw{quoted(s) + " has no host", "https://app.example.com/callback"}
	case strings.ContainsFunc(u.Host, foreignToHosts):
		return &flaw{quoted(s) + " has a host that could be read as another", "letters, digits, dots and dashes; a name in another script as punycode: xn--…"}
	case isOddAddress(u.Hostname()):
		return &flaw{quoted(s) + " has a host that could be read as another", "browsers take it for an address: write that as 127.0.0.1 is written"}
	case !secureOrLoopback(u):
		return &flaw{quoted(s) + " is http", "use https; http is for loopback addresses only"}
	}
	return nil
}

// foreignToHosts: what no host or port has, as it is decoded. Users see the host behind a
// client's name, where %D0%B0 would be a letter that looks like ours, and a bracket the end.
func foreignToHosts(c rune) bool {
	letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	return !letter && (c < '0' || c > '9') && !strings.ContainsRune(".-_:[]", c)
}

// isOddAddress says whether browsers take a host for an address of IPv4 that it does not look
// like, or for none at all: its last label is a number (URL standard, "ends in a number").
// 2130706433 and 127.1 are this machine.
func isOddAddress(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	last := host[strings.LastIndexByte(host, '.')+1:]
	if digits, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(digits, "0123456789abcdef") == ""
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}

// foreignToURIs: RFC 3986 2, everything but reserved and unreserved characters, and percent
// signs.
func foreignToURIs(c rune) bool {
	return c <= ' ' || c > '~' || strings.ContainsRune("\"<>\\^`{|}", c)
}

// checkURL is for addresses that the host sends secrets to.
func checkURL(s string) *flaw {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "":
		return &flaw{"is not a URL", "https://sms.example.com/send"}
	case !secureOrLoopback(u):
		return &flaw{"is not https", "http is for loopback addresses only"}
	}
	return nil
}

func secureOrLoopback(u *url.URL) bool {
	return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())
}

// secureOrLoopbackURI is secureOrLoopback of a text.
func secureOrLoopbackURI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && secureOrLoopback(u)
}

// isLoopback says whether a host is this machine by its name alone: nothing is
// looked up.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Zone() == "" && addr.Unmap().IsLoopback()
}

// loopbackURL says whether a URL's host is this machine.
func loopbackURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && isLoopback(u.Hostname())
}

func checkAddr(s string) *flaw {
	if host, port, err := net.SplitHostPort(s); err != nil || host == "" || port == "" {
		return &flaw{"is " + quoted(s) + ", expected host:port", `addr = "smtp.example.com:587"`}
	}
	return nil
}

func checkListen(s string) *flaw {
	if _, port, err := net.SplitHostPort(s); err != nil || port == "" {
		return &flaw{"is " + quoted(s) + ", expected host:port", `listen = "127.0.0.1:8080"`}
	}
	return nil
}

func checkDigest(s string) *flaw {
	if !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(s) {
		return &flaw{"is " + quoted(s) + ", expected sha256: and 64 lower-case hex digits", "sha256sum prints it"}
	}
	return nil
}

// checkName is for what operators name: plugins, journeys and steps. A name must
// not look like a terminal, nor hold the slash of plugin/type.
func checkName(s string) *flaw {
	if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`).MatchString(s) {
		return &flaw{"is not a name", "letters, digits, dot, dash and underscore, 64 at most"}
	}
	return nil
}

// checkVariable is for names that expressions read as vars.NAME.
func checkVariable(s string) *flaw {
	if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`).MatchString(s) {
		return &flaw{"is " + quoted(s) + ", not a variable's name", "letters, digits and underscore, a letter first"}
	}
	return nil
}

// checkACR is for values in lists that are sent with spaces between them (OpenID
// Connect Core 1.0 3.1.2.1).
func checkACR(s string) *flaw {
	if s == "" || strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c == 0x7f }) {
		return &flaw{quoted(s) + " is not an acr value", "a client asks for values with spaces between them, so a value has none"}
	}
	return nil
}

// checkClientID holds RFC 6749 A.1: printable ASCII. Some more would be an
// invitation to look-alikes.
func checkClientID(s string) *flaw {
	if s == "" || strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return &flaw{"is " + quoted(s) + ", expected printable ASCII without spaces", `id = "my-app"`}
	}
	return nil
}

// checkEnv wants the name of an environment variable. The message does not show
// it: who mistakes secret_env for secret writes the secret itself.
func checkEnv(s string) *flaw {
	if !regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`).MatchString(s) {
		return &flaw{"is not the name of an environment variable", "upper-case letters, digits and underscore"}
	}
	return nil
}

// checkScope holds RFC 6749 3.3.
func checkScope(s string) *flaw {
	if s == "" || strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == '\\' }) {
		return &flaw{quoted(s) + " is not a scope", "RFC 6749 section 3.3"}
	}
	return nil
}
