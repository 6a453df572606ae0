package oidc_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/acrhost/acrhost/host/config"
)

// office are public clients whose users have one address.
func office() []config.Client {
	all := clients()
	for i := range 15 {
		all = append(all, config.Client{ID: fmt.Sprint("app-", i), RedirectURIs: []string{spaURI}})
	}
	return all
}

// asksAs asks for tokens as a public client, with a code that is none.
func (r *rig) asksAs(id string) int {
	r.Helper()
	return r.post("/token", exchange("none", url.Values{"client_id": {id}})).StatusCode
}

// Attack: one app behind a NAT asks in vain again and again, by a mistake or on purpose. It
// shuts itself out there and nobody else, and those who do shut out many get no more than ten
// times as much.
func TestAttackShutsOutPublicClientsOfTheSameAddress(t *testing.T) {
	const most = 10
	r := newRigFor(t, office(), publish(t), func(r *rig) { r.failures = most })
	for range 5 * most {
		r.asksAs("app-0")
		r.asksAs("nobody")
	}
	if got := r.asksAs("app-0"); got != http.StatusTooManyRequests {
		t.Errorf("who asked in vain: %d", got)
	}
	for range 3 * most { // what is all right costs nothing
		if a := r.post("/token", exchange(r.code("app-1", nil), url.Values{"client_id": {"app-1"}})); a.StatusCode != http.StatusOK {
			t.Fatalf("another client: %d %s", a.StatusCode, a.body)
		}
	}
	a := r.post("/token", exchange("none", url.Values{"client_id": {"app-1"}}))
	r.wantError(a, http.StatusBadRequest, "invalid_grant") // and what is wrong is told
	// What leaves something in the store has no share.
	r.wantError(r.post("/device_authorization", url.Values{"client_id": {"tv"}}), http.StatusTooManyRequests, "temporarily_unavailable")
	heard := 0
	for i := range 15 {
		for range 2 * most {
			if r.asksAs(fmt.Sprint("app-", i)) == http.StatusBadRequest {
				heard++
			}
		}
	}
	// Ten of app-0's and one of app-1's are gone already.
	if heard != 10*most-11 {
		t.Errorf("%d requests in vain were answered", heard)
	}
}

// A device that waits for its user, and a proof that asks for its nonce, are no failures:
// many of them behind one address shut out nobody.
func TestWaitingIsNotInVain(t *testing.T) {
	r := newRigFor(t, clients(), publish(t), func(r *rig) { r.failures = 5 })
	d := r.device("tv", nil)
	for range 20 {
		r.wantError(d.poll(), http.StatusBadRequest, "authorization_pending")
	}
	p := r.prover()
	for range 20 {
		p.nonce()
	}
	if got := r.asksAs("spa"); got != http.StatusBadRequest {
		t.Errorf("another client: %d", got)
	}
	// Who asks too often is told so, and that counts.
	for range 20 {
		d.pollNow("tv")
	}
	r.wantError(r.post("/token", url.Values{"client_id": {"nobody"}}), http.StatusTooManyRequests, "temporarily_unavailable")
}
