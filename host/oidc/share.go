package oidc

import (
	"net/http"
	"net/netip"

	"github.com/acrhost/acrhost/host/forwarded"
)

// mayAsk lets a public client ask, which has nothing to prove. Where its address has asked too
// often in vain, it has a share of its own there, as large: who asks in vain as one client
// shuts out this one, from this address, and no other of the office behind it. The client
// exists, so that nobody gets more by making up ids, and all public clients of an address have
// sprays times as much as one. What leaves something in the store has no share: there each
// request costs, also one that is all right.
func (p *Provider) mayAsk(r *http.Request, c *client) error {
	who, from := whoIs(r), forwarded.Address(r)
	switch {
	case !who.mustProve:
		return nil
	case who.keeps:
		return temporarilyUnavailable().becausef("client %q is public", c.ID)
	}
	if _, ok := p.shares.TakeFor(from, c.ID); !ok {
		return temporarilyUnavailable().becausef("client %q is public, and asked too often in vain from this address", c.ID)
	}
	if _, ok := p.sharesInAll.Take(from); !ok {
		p.shares.ReturnFor(from, c.ID)
		return temporarilyUnavailable().becausef("client %q is public, and too many of them asked in vain from this address", c.ID)
	}
	who.share = c.ID
	return nil
}

// settleShare gives back what a request took that was not in vain.
func (p *Provider) settleShare(from netip.Addr, clientID string, err error) {
	if !inVain(err) {
		p.shares.ReturnFor(from, clientID)
		p.sharesInAll.Return(from)
	}
}
