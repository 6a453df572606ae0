package throttle

import (
	"encoding/base64"
	"net/netip"
	"strconv"

	"github.com/acrhost/acrhost/host/store"
)

// id names a record by a keyed digest. A plain digest would hide no address: of
// IPv4 there are few enough to try all.
func (t *Throttle) id(what string, of ...string) string {
	var text []byte
	for _, s := range of { // the lengths keep ("ab", "c") apart from ("a", "bc")
		text = append(append(strconv.AppendInt(text, int64(len(s)), 10), ':'), s...)
	}
	return base64.RawURLEncoding.EncodeToString(t.c.Sealer.MAC("throttle", what, text))
}

// accountOf is the form of a user name by which it is counted: one for all of its
// spellings. What nobody can be named is counted too, or its answers would come
// faster than those of names.
func accountOf(name string) string {
	normal, err := store.NormalizeName(name)
	if err != nil {
		return " " + name // no name begins with a space
	}
	return normal
}

// networkOf is the network that an address is counted as: one address of IPv4,
// and of IPv6 the /64 that a single customer has at least. All requests without
// an address count as one.
func networkOf(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	if !a.IsValid() {
		return "none"
	}
	bits := 64
	if a.Is4() {
		bits = 32
	}
	return netip.PrefixFrom(a, bits).Masked().String()
}
