package form

import (
	"net/http"
	"net/url"
)

// SameOrigin says whether a form came from a page of this host, whose name Host has, or
// At knows. It is the second
// guard behind the token. Every browser of today sends at least one of the
// headers with a post; a client that sends none is no browser, and nobody can
// make it send a form unknowingly.
func SameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}
