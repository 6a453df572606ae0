package page

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// policy is what one page needs beyond what every page may do.
type policy struct {
	formTarget string   // where its form leads in the end, beside this origin: an origin or a scheme
	frames     []string // the addresses of its frames
	image      string   // the address of an image that is not ours
	script     string   // the source of its one script: 'sha256-…' inline, 'self' for a file
}

// setHeaders makes a page as harmless as a browser knows how to.
func setHeaders(h http.Header, p policy) {
	h.Set("Content-Security-Policy", p.csp())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY") // for browsers that don't know frame-ancestors
	// Not no-referrer: with it a browser sends Origin: null with our own forms, and
	// they could no longer be told from another site's.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()")
	noStore(h)
}

// noStore keeps an answer out of every cache, the back button's included.
func noStore(h http.Header) { h.Set("Cache-Control", "no-store") }

func (p policy) csp() string {
	directives := []string{
		"default-src 'none'",
		"style-src 'self'",
		"img-src 'self' data:" + imageSource(p.image),
		"form-action 'self'" + leadsTo(p.formTarget),
		"frame-ancestors 'none'",
		"base-uri 'none'",
	}
	if len(p.frames) > 0 {
		directives = append(directives, "frame-src"+frameSources(p.frames))
	}
	if p.script != "" {
		directives = append(directives, "script-src "+p.script, "require-trusted-types-for 'script'", "trusted-types 'none'")
	}
	return strings.Join(directives, "; ")
}

// frameSources are addresses as sources, which have no query. One that can't be written as
// a source is left out: its frame stays empty.
func frameSources(addresses []string) string {
	var sources []string
	for _, address := range addresses {
		address, _, _ = strings.Cut(address, "?")
		frame := cmp.Or(source(address), " 'none'")
		if !slices.Contains(sources, frame) {
			sources = append(sources, frame)
		}
	}
	if len(sources) > 1 { // 'none' stands alone or for nothing
		sources = slices.DeleteFunc(sources, func(s string) bool { return s == " 'none'" })
	}
	return strings.Join(sources, "")
}

// leadsTo is where a form leads in the end, as sources of form-action. Chromium checks each
// redirect that follows a form: those of the client's own callback, too, which may send the
// browser on to anywhere, as a broker's does. Of a client on the web only the scheme is named
// therefore, beside https.
func leadsTo(target string) string {
	switch scheme, _, _ := strings.Cut(target, ":"); scheme {
	case "https":
		return " https:"
	case "http": // on the user's own machine
		return " https: http:"
	}
	return source(target)
}

// source is an address as a source of a directive; empty: it can't be one.
func source(address string) string {
	if address == "" || strings.ContainsFunc(address, notInSource) {
		return ""
	}
	// The grammar of sources (CSP3 2.3.1) has no IPv6 addresses; the scheme alone
	// is the narrowest that fits.
	if scheme, host, ok := strings.Cut(address, "://"); ok && strings.HasPrefix(host, "[") {
		return " " + scheme + ":"
	}
	return " " + address
}

// notInSource: anything that could end a source, a directive or the header.
func notInSource(r rune) bool {
	return r <= ' ' || r > '~' || r == ';' || r == ',' || r == '\'' || r == '"' || r == '*'
}
