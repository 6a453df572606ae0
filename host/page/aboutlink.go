package page

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// maxHost is the longest host of a link that nobody has checked, in bytes: it is shown as a
// whole or not at all, as what is cut off a host is what says whose it is.
const maxHost = 100

// AboutLink is a link of a client to what it shows of itself.
type AboutLink struct {
	Address, Label string
	Host           string // shown beside the label; empty: nothing is
}

// Links are what a page links to, for a client of a name. Where nobody has checked them the
// words are ours, because a name can be anything, another's too, and each says where it leads
// (OpenID Connect Dynamic Client Registration 1.0 section 9.1).
func (a About) Links(client string) []AboutLink {
	home := "About " + client
	if a.Unchecked {
		home = "Its website"
	}
	var all []AboutLink
	for _, l := range []AboutLink{{Address: a.Home, Label: home}, {Address: a.Policy, Label: "Its privacy policy"}, {Address: a.Terms, Label: "Its terms"}} {
		if l.Address != "" && (!a.Unchecked || l.named()) {
			all = append(all, l)
		}
	}
	return all
}

// named puts the host beside a link, and has the link lead to that host as it is written
// there. It is false when the host can't be written so that it can't be taken for another.
func (l *AboutLink) named() bool {
	u, err := url.Parse(l.Address)
	if err != nil {
		return false
	}
	u.Scheme, u.Host = "https", asciiHost(u)
	if u.Host == "" || len(u.Host) > maxHost {
		return false
	}
	l.Address, l.Host = u.String(), u.Host
	return true
}

// asciiHost is the host of an address, with its port where that is not the usual one, as
// browsers look it up: lower case, and in other scripts than ours as punycode, in which no
// letter looks like another's (UTS #46; RFC 5891 4.2.3). It is empty for a name that is none.
func asciiHost(u *url.URL) string {
	host := u.Hostname()
	if ip, err := netip.ParseAddr(host); err == nil {
		host = ip.WithZone("").String()
		if ip.Is6() {
			host = "[" + host + "]"
		}
	} else if host, err = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true)).ToASCII(host); err != nil {
		return ""
	} else if isNumeric(host) {
		return ""
	}
	if port := u.Port(); port != "" && port != "443" {
		host += ":" + port
	}
	return host
}

// isNumeric says whether browsers take a name for an address of IPv4, as one whose last label
// is a number (URL standard, "ends in a number"): 2130706433 leads to 127.0.0.1.
func isNumeric(name string) bool {
	name = strings.TrimSuffix(name, ".")
	last := name[strings.LastIndexByte(name, '.')+1:]
	_, err := strconv.ParseUint(last, 10, 64)
	return err == nil || errors.Is(err, strconv.ErrRange) || strings.HasPrefix(last, "0x") && strings.Trim(last[2:], "0123456789abcdef") == ""
}
