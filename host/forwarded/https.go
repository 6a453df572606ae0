package forwarded

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
)

// scheme is the header in which proxies tell how their peer asked.
const scheme = "X-Forwarded-Proto"

// HTTPS refuses what came in the clear from another machine: a password, a code or a token
// in it was read on its way, or may be the next time (OpenID Connect Core 16.17, RFC 6749 3.1
// and 3.2). What this host gets by TLS itself is fine, and what a proxy of the operator's or
// on this machine passes on, unless that says that it came by http. Anybody else has to say
// that it came by https, which only a proxy has a reason to say: nobody who says so by
// themselves gains by it. It has to come before From, which changes the peer.
func HTTPS(proxies []netip.Prefix, log *slog.Logger) func(http.Handler) http.Handler {
	var once sync.Once
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			peer := Address(r)
			known := !peer.IsValid() || peer.IsLoopback() || within(proxies, peer)
			said := schemeOf(r)
			if r.TLS != nil || said == "https" || known && said == "" {
				next.ServeHTTP(w, r)
				return
			}
			once.Do(func() {
				log.WarnContext(r.Context(), "a request without TLS is refused, as all such from elsewhere are: a proxy has to be named in trusted_proxies, or to say "+scheme+": https", "peer", peer, scheme, said)
			})
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "Requests come here by https only.", http.StatusForbidden)
		})
	}
}

// schemeOf is what the first proxy said of its peer, in lower case; empty for nothing, and
// for what is neither http nor https.
func schemeOf(r *http.Request) string {
	first, _, _ := strings.Cut(r.Header.Get(scheme), ",")
	switch said := strings.ToLower(strings.TrimSpace(first)); said {
	case "http", "https":
		return said
	}
	return ""
}
