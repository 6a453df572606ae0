package config

import (
	"net/netip"
	"time"

	"github.com/acrhost/acrhost/host/journey"
)

// The bounds of a longest delay: less than a minute slows nobody down, and more
// than a day is no delay any more.
const (
	shortestDelay = time.Minute
	longestDelay  = 24 * time.Hour
)

// throttle reads how guessing is slowed down. From everywhere together an account
// has four times the free failures: 100 at most, as NIST SP 800-63B 5.2.2 asks.
func (r *reader) throttle(t *table, to *Throttle) {
	if t = t.sub("throttle"); t == nil {
		return
	}
	defer t.close()
	whole(t, "free_failures", &to.FreeFailures, 1, 25)
	whole(t, "client_failures_per_minute", &to.ClientFailuresPerMinute, 1, 1_000_000)
	whole(t, "logins_per_minute", &to.LoginsPerMinute, 1, 1_000_000)
	t.duration("longest_delay", &to.LongestDelay)
	if to.LongestDelay < shortestDelay || to.LongestDelay > longestDelay {
		r.fault(t.pos("longest_delay"), "", "longest_delay in %s is %s, expected 1m to 24h", t.name, to.LongestDelay)
	}
}

// networks reads a list of addresses and prefixes.
func (t *table) networks(key string, to *[]netip.Prefix) {
	n := t.take(key)
	if n == nil {
		return
	}
	texts, ok := t.stringsOf(key, n)
	if !ok {
		return
	}
	for i, text := range texts {
		t.network(key, n.value.([]*node)[i].pos, text, to)
	}
}

func (t *table) network(key string, pos journey.Pos, text string, to *[]netip.Prefix) {
	const hint = `"10.0.0.0/8", "127.0.0.1" or "fd00::/8"`
	p, err := netip.ParsePrefix(text)
	if a, notOne := netip.ParseAddr(text); notOne == nil && a.Zone() == "" {
		p, err = netip.PrefixFrom(a, a.BitLen()), nil
	}
	switch {
	case err != nil || p.Addr().Is4In6():
		t.r.fault(pos, hint, "%s in %s holds %s, expected an address or a prefix", key, t.name, quoted(text))
	case p.Masked() != p:
		t.r.fault(pos, quoted(p.Masked().String()), "%s in %s holds %s, which has bits beyond its prefix", key, t.name, quoted(text))
	case p.Bits() == 0:
		t.r.fault(pos, hint, "%s in %s holds %s, which trusts everybody", key, t.name, quoted(text))
	default:
		*to = append(*to, p)
	}
}
