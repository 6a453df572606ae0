package selfservice

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// elsewhere says where a browser should look at a page that came by another name of
// this machine than the issuer's, such as 127.0.0.1 for localhost: cookies of one do not
// count at the other, and a login begun there would come back to nobody. Names other
// than those are a proxy's affair.
func (s *Service) elsewhere(r *http.Request) (location string, ok bool) {
	issuer, err := url.Parse(s.Issuer)
	if err != nil || r.Method != http.MethodGet || strings.EqualFold(r.Host, issuer.Host) {
		return "", false
	}
	here := url.URL{Host: r.Host}
	if !isLoopback(issuer.Hostname()) || !isLoopback(here.Hostname()) {
		return "", false
	}
	return s.Issuer + r.URL.RequestURI(), true
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && addr.IsLoopback()
}
