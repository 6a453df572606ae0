package forwarded

import (
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
)

// header is what proxies tell the address of their peer in, each behind the one
// before.
const header = "X-Forwarded-For"

// Address is the address that a request comes from; invalid when the network gave
// none.
func Address(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return peer.Addr().Unmap()
}

// From makes each request's RemoteAddr the address of the client, without a port
// that means anything. Proxies are the networks whose word counts.
//
// A header from anybody else is ignored, and the first one is logged: behind a
// proxy that is not named, all users have one address and are slowed down together.
func From(proxies []netip.Prefix, log *slog.Logger) func(http.Handler) http.Handler {
	var once sync.Once
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			peer, said := Address(r), r.Header.Values(header)
			switch {
			case len(said) == 0:
			case !within(proxies, peer):
				once.Do(func() {
					log.WarnContext(r.Context(), header+" from a peer that is not in trusted_proxies is ignored; if it is your proxy, name it", "peer", peer)
				})
			default:
				r = r.WithContext(r.Context()) // a copy
				r.RemoteAddr = netip.AddrPortFrom(client(proxies, peer, said), 0).String()
			}
			next.ServeHTTP(w, r)
		})
	}
}

// client goes back through the proxies, the nearest first, as long as they are
// trusted. What one of them was told by somebody who is not may be invented. Where
// an entry is no address, the proxy that wrote it is the last that is known.
func client(proxies []netip.Prefix, peer netip.Addr, said []string) netip.Addr {
	for _, line := range slices.Backward(said) {
		for {
			before, entry, more := cutLast(line)
			address, ok := parse(entry)
			if !ok {
				return peer
			}
			if peer = address; !within(proxies, peer) {
				return peer
			}
			if !more {
				break
			}
			line = before
		}
	}
	return peer
}

// cutLast takes the last entry from a list.
func cutLast(list string) (before, last string, more bool) {
	i := strings.LastIndexByte(list, ',')
	if i < 0 {
		return "", list, false
	}
	return list[:i], list[i+1:], true
}

// parse reads an entry: an address, with a port where a proxy adds it.
func parse(entry string) (netip.Addr, bool) {
	entry = strings.TrimSpace(entry)
	address, err := netip.ParseAddr(entry)
	if err != nil {
		var withPort netip.AddrPort
		withPort, err = netip.ParseAddrPort(entry)
		address = withPort.Addr()
	}
	return address.Unmap().WithZone(""), err == nil
}

func within(networks []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a) })
}
