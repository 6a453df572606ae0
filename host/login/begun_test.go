package login_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/ratelimit"
)

// Whoever begins logins and leaves them there fills the store for 5 a minute and no more;
// logins that end well don't count.
func TestAttackLoginsThatNobodyFinishes(t *testing.T) {
	r := newRig(t)
	r.flow.Begun = ratelimit.New(5, time.Minute/5, r.clock.now)
	for range 20 {
		r.signIn(r.browser(), "alice")
	}
	for range 5 {
		r.begin(r.browser())
	}
	r.see(r.get(r.browser(), "/start"), http.StatusTeapot, "too many logins")
	r.clock.pass(time.Minute)
	r.begin(r.browser())
}

// A login of which the client has much kept, such as a long state, counts as several.
func TestAttackLongStates(t *testing.T) {
	r := newRig(t)
	r.flow.Begun = ratelimit.New(5, time.Minute/5, r.clock.now)
	r.request.Resume = []byte(`"` + strings.Repeat("x", 9<<10) + `"`)
	for range 5 {
		r.signIn(r.browser(), "alice")
	}
	r.begin(r.browser())
	r.see(r.get(r.browser(), "/start"), http.StatusTeapot, "too many logins")
	r.request.Resume = []byte(`"short"`)
	for range 2 {
		r.begin(r.browser())
	}
	r.see(r.get(r.browser(), "/start"), http.StatusTeapot, "too many logins")
}
