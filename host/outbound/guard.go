package outbound

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// ErrInside is a name that leads into the operator's own network.
var ErrInside = errors.New("the name leads to an address that is not public")

// dialTimeout bounds how long a connection takes.
const dialTimeout = 5 * time.Second

// Guard dials. It looks at the address that is really connected to, after the name
// was resolved: a check of the name alone is undone by a name server that answers
// differently the second time. It is safe for concurrent use.
type Guard struct {
	resolver *net.Resolver
	special  []netip.Prefix
}

// New makes a guard; a nil resolver is the system's.
func New(resolver *net.Resolver) *Guard {
	return &Guard{resolver: resolver, special: specialPurpose()}
}

// Dial connects to host:port. An address inside the network is reached only when
// the host is that address, or localhost, in so many letters: then whoever calls has
// seen to it that the operator named it.
func (g *Guard) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	return g.dial(ctx, network, address, g.allowed(host))
}

// Only is Dial for requests whose addresses somebody else gave: the one host that the
// operator named may be inside the network, every other must be public.
func (g *Guard) Only(named string) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		if host == named {
			return g.Dial(ctx, network, address)
		}
		return g.dial(ctx, network, address, g.public)
	}
}

func (g *Guard) dial(ctx context.Context, network, address string, allowed func(netip.Addr) bool) (net.Conn, error) {
	dialer := net.Dialer{Timeout: dialTimeout, Resolver: g.resolver, Control: check(allowed)}
	return dialer.DialContext(ctx, network, address)
}

// allowed says which addresses a host may lead to.
func (g *Guard) allowed(host string) func(netip.Addr) bool {
	named, err := netip.ParseAddr(host)
	switch {
	case host == "localhost":
		return netip.Addr.IsLoopback
	case err == nil:
		return func(a netip.Addr) bool { return a == named.Unmap() }
	}
	return g.public
}

// check refuses, right before a connection is made, the addresses that may not be
// connected to.
func check(allowed func(netip.Addr) bool) func(network, address string, c syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !allowed(to.Addr().Unmap()) {
			return ErrInside
		}
		return nil
	}
}

// public says whether an address is one of the Internet at large.
func (g *Guard) public(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Zone() != "" {
		return false // loopback, link-local (169.254.169.254 too), multicast, unspecified; RFC 1918, RFC 4193
	}
	for _, p := range g.special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// specialPurpose are the blocks of the IANA special-purpose registries (RFC 6890)
// that netip does not know by itself: shared, reserved or for documents, and those
// of IPv6 that carry an IPv4 address, private ones too.
func specialPurpose() []netip.Prefix {
	var blocks []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
		"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32",
		"2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		blocks = append(blocks, netip.MustParsePrefix(s))
	}
	return blocks
}
