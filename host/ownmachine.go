package host

import (
	"net"
	"net/http"
	"strings"

	"github.com/acrhost/acrhost/host/forwarded"
)

// ownMachine answers nobody but programs of this machine that asked for it by a name of this
// machine. The name is what a foreign page can't have: its own may mean a loopback address
// by now (DNS rebinding), but a browser still says it in Host (RFC 9110 7.2, 15.5.20).
func ownMachine(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		switch {
		case !forwarded.Address(r).IsLoopback():
			http.Error(w, "acrhost serves in development mode, which shows what goes on inside: it answers this machine only.", http.StatusForbidden)
		case !loopback(strings.Trim(host, "[]")):
			http.Error(w, "acrhost serves in development mode, which shows what goes on inside: it answers to names of this machine only, such as localhost and 127.0.0.1.", http.StatusMisdirectedRequest)
		default:
			next.ServeHTTP(w, r)
		}
	})
}
