package form

import (
	"net/http"
	"net/url"
	"strings"
)

// At has SameOrigin know this host by its issuer. Many proxies put the address at which they
// find a host into Host, where the browser had the issuer's: nginx and Apache do unless they
// are told otherwise. Who says in Origin that a page of the issuer's has sent the request is a
// browser that was there, or no browser (Fetch standard 3.1).
func At(issuer string) func(http.Handler) http.Handler {
	own, err := url.Parse(issuer)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			scheme, host, _ := strings.Cut(r.Header.Get("Origin"), "://")
			if host != "" && host != r.Host && err == nil && isOf(scheme, host, own) {
				r = r.WithContext(r.Context()) // a copy
				r.Host = host
			}
			next.ServeHTTP(w, r)
		})
	}
}

// isOf says whether an origin as browsers write it, without a usual port, is an issuer's.
func isOf(scheme, host string, own *url.URL) bool {
	if scheme != own.Scheme {
		return false
	}
	usual := map[string]string{"https": ":443", "http": ":80"}[scheme]
	return strings.EqualFold(host, own.Host) || strings.EqualFold(host+usual, own.Host)
}
