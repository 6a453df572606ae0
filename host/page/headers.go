package page

import (
	"net/http"
	"slices"
	"strings"
)

// policy is what one page needs beyond what every page may do.
type policy struct {
	formTarget string   // where its form leads beside this origin: an origin or a scheme
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
		"form-action 'self'" + formSource(p.formTarget),
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
		source := formSource(address)
		if source == "" {
			source = " 'none'"
		}
		if !slices.Contains(sources, source) {
			sources = append(sources, source)
		}
	}
	if len(sources) > 1 { // 'none' stands alone or for nothing
		sources = slices.DeleteFunc(sources, func(s string) bool { return s == " 'none'" })
	}
	return strings.Join(sources, "")
}

// formSource is a target as a source of form-action. A redirect that follows a
// form is checked too, by Chromium at least, so that where the login ends must be
// named in the page of its last form.
func formSource(target string) string {
	if target == "" || strings.ContainsFunc(target, notInSource) {
		return ""
	}
	// The grammar of sources (CSP3 2.3.1) has no IPv6 addresses; the scheme alone
	// is the narrowest that fits.
	if scheme, host, ok := strings.Cut(target, "://"); ok && strings.HasPrefix(host, "[") {
		return " " + scheme + ":"
	}
	return " " + target
}

// notInSource: anything that could end a source, a directive or the header.
func notInSource(r rune) bool {
	return r <= ' ' || r > '~' || r == ';' || r == ',' || r == '\'' || r == '"' || r == '*'
}
