package oidc

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/acrhost/acrhost/host/forwarded"
	"github.com/acrhost/acrhost/host/ratelimit"
)

// perMinute takes so many requests a minute, all of them at once if need be.
func perMinute(n int, now func() time.Time) *ratelimit.Limiter {
	return ratelimit.New(n, time.Minute/time.Duration(n), now)
}

// kept says of an endpoint that its requests leave something in the store.
type kept bool

const costly kept = true

// whoAsks is what a request comes to know of who made it.
type whoAsks struct {
	proven bool
	// mustProve: the address has asked too often in vain for anybody else to be answered.
	mustProve bool
	keeps     bool // what is asked for leaves something in the store
	// share is the public client whose own share the request is counted in; empty: none.
	share string
}

type whoAsksKey struct{}

func whoIs(r *http.Request) *whoAsks {
	if who, ok := r.Context().Value(whoAsksKey{}).(*whoAsks); ok {
		return who
	}
	return &whoAsks{}
}

// proven notes that a client which can prove itself has done so. What such a client does
// is not counted by its address: it may ask for all its users from one place, and its
// operator is known.
func proven(r *http.Request, c *client, err error) error {
	if err == nil && !c.public() {
		whoIs(r).proven = true
	}
	return err
}

// limited bounds how often one address asks in vain, and how often it makes us keep
// something, unless a client proves itself. What was all right is paid back. Over the bound
// a proof is still looked at (guesses.go), and a public client may use its own share
// (share.go), so that nobody shuts out the clients of an address by asking from there: to
// look costs no more than what anybody may ask for at /authorize and /userinfo. All else gets
// the same answer, whatever is wrong with it.
func (p *Provider) limited(h handler, keeps ...kept) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		from := forwarded.Address(r)
		wait, free := p.unproven.Take(from)
		who := &whoAsks{mustProve: !free, keeps: len(keeps) > 0}
		err := h(w, r.WithContext(context.WithValue(r.Context(), whoAsksKey{}, who)))
		switch {
		case who.share != "":
			p.settleShare(from, who.share, err)
		case !free && !who.proven && err != nil:
			return tooMany(w, wait).because(err)
		case free && (who.proven || !inVain(err) && !who.keeps):
			p.unproven.Return(from)
		}
		return err
	}
}

// inVain says whether a request counts against who made it. What went wrong here does not, nor
// what belongs to how a protocol goes: a device asks again and again until its user has
// decided (RFC 8628 3.5), and hears slow_down if it does so too often; and a proof gets its
// nonce from an error (RFC 9449 8).
func inVain(err error) bool {
	told, ok := errors.AsType[*Error](err)
	return ok && told.status < http.StatusInternalServerError && told.Code != authorizationPending().Code && told.Code != useNonce().Code
}

// mayCost counts a request in which nobody proves anything, and which makes us keep
// something or ask another server (RFC 9101 10.4).
func (p *Provider) mayCost(r *http.Request) bool {
	_, ok := p.unproven.Take(forwarded.Address(r))
	return ok
}

// limitedRegistration bounds how often one address asks to register.
func (p *Provider) limitedRegistration(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if wait, ok := p.registrations.Take(forwarded.Address(r)); !ok {
			return tooMany(w, wait)
		}
		return h(w, r)
	}
}

// tooMany is RFC 6585 4.
func tooMany(w http.ResponseWriter, wait time.Duration) *Error {
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	return temporarilyUnavailable()
}

func temporarilyUnavailable() *Error {
	return &Error{Code: "temporarily_unavailable", Description: "Too many requests came from this address.", status: http.StatusTooManyRequests}
}
