package oidc_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/config"
)

// sharing are clients that ask from the attacker's address.
func sharing() []config.Client {
	all := signers()
	for i := range 15 {
		all = append(all, config.Client{ID: fmt.Sprint("web-", i), Secret: secret, RedirectURIs: []string{webURI}})
	}
	return all
}

// tries asks as a client with a secret; the only fault of a right one is the code.
func (r *rig) tries(id, secret string) int {
	r.Helper()
	return r.post("/token", exchange("none", url.Values{"client_id": {}}), basic(id, secret)).StatusCode
}

// Attack: somebody behind the clients' own proxy or NAT asks in vain, to shut them out.
func TestAttackShutsOutClientsOfTheSameAddress(t *testing.T) {
	r := newRigFor(t, sharing(), publish(t), func(r *rig) { r.failures = 10 })
	made := r.add("added", map[string]any{})
	right := func() {
		t.Helper()
		r.wantProven(r.asks(by(t, "ES256", r.assertion("key"), nil), nil))
		if got := r.tries("added", made); got != http.StatusBadRequest {
			t.Errorf("a client with a secret that was made: %d", got)
		}
	}
	for i := range 30 {
		r.post("/token", exchange("none", nil))                // as a public client
		r.tries(fmt.Sprint("nobody-", i), "a wrong secret")    // as clients that there are not
		r.asks(by(t, "ES256", r.assertion("key-2"), nil), nil) // with a key that is another's
		r.post("/revoke", url.Values{"client_id": {"web-0"}})  // in a way that is not the client's
		r.post("/introspect", url.Values{})                    // as nobody at all
	}
	right()
	for range 30 { // what is aimed at one client shuts out none but this one, and not if its secret can't be guessed
		r.tries("web", "a wrong secret")
		r.tries("added", "a wrong secret")
	}
	right()
	if got := r.tries("web-0", secret); got != http.StatusBadRequest {
		t.Errorf("a client whose secret nobody tried: %d", got)
	}
	a := r.post("/token", exchange("none", url.Values{"client_id": {}}), basic("web", secret))
	r.wantError(a, http.StatusTooManyRequests, "temporarily_unavailable")
	if a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	r.wantError(r.post("/token", exchange("none", nil)), http.StatusTooManyRequests, "temporarily_unavailable") // a public client proves nothing
	r.clock.advance(6 * time.Second)
	if got := r.tries("web", secret); got != http.StatusBadRequest {
		t.Errorf("a right secret, when one more guess is free: %d", got)
	}
}

// Attack: that a right secret is looked at over the bound must not make guesses free. Of one
// client's secret an address has as many as requests in vain, of all clients' ten times that.
func TestAttackGuessesSecretsOverTheBound(t *testing.T) {
	const most = 10
	// guesses a secret with so many wrong ones before the right one.
	guessed := func(r *rig, id string, wrong int) bool {
		for range wrong {
			if got := r.tries(id, "a wrong secret"); got == http.StatusBadRequest || got == http.StatusOK {
				t.Fatalf("a wrong secret: %d", got)
			}
		}
		return r.tries(id, secret) == http.StatusBadRequest
	}
	rig := func() *rig {
		return newRigFor(t, sharing(), publish(t), func(r *rig) { r.failures = most })
	}
	for wrong, want := range map[int]bool{most - 1: true, most: false, 3 * most: false} {
		if got := guessed(rig(), "web", wrong); got != want {
			t.Errorf("the right secret after %d wrong ones: %v, want %v", wrong, got, want)
		}
	}
	r := rig()
	for i := range most {
		guessed(r, fmt.Sprint("web-", i), most)
	}
	if r.tries("web-14", secret) != http.StatusTooManyRequests {
		t.Errorf("after %d guesses at others' secrets the next client's can be guessed", most*most)
	}
	r.wantProven(r.asks(by(t, "ES256", r.assertion("key"), nil), nil)) // nobody guesses a key
}
