package login_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/throttle"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

const deviceCookie = "acrhost-device"

// knows says whether the browser's attempts at an account are counted by
// themselves: a stranger is made to wait after far too many failures.
func (r *rig) knows(b *hosttest.Browser, account string) bool {
	r.t.Helper()
	for i := range 200 {
		a := throttle.Attempt{Kind: throttle.Code, Account: account, Address: netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}), Run: fmt.Sprint(i)}
		if counted, err := r.flow.Throttle.Begin(r.t.Context(), a); err == nil {
			if err := counted.Settle(r.t.Context(), false); err != nil {
				r.t.Fatal(err)
			}
		}
	}
	_, err := r.flow.Throttle.Begin(r.t.Context(), throttle.Attempt{
		Kind: throttle.Code, Account: account, Device: store.Key(cookie(b, deviceCookie)), Run: "own",
	})
	return err == nil
}

// A browser is known to who signed in in it, and to nobody else.
func TestDeviceIsRemembered(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	p := r.submit(b, r.begin(b), "username", "alice", "password", "secret")
	if cookie(b, deviceCookie) != "" {
		t.Error("half a login made the browser known")
	}
	r.atClient(r.submit(b, p, "code", "123456"))
	if !r.knows(b, "alice") || r.knows(b, "bob") {
		t.Errorf("alice is known: %v, bob: %v", r.knows(b, "alice"), r.knows(b, "bob"))
	}
	// Another person in the same browser takes nothing from the first.
	secret := cookie(b, deviceCookie)
	r.request.IgnoreEvidence = true
	r.signIn(b, "bob")
	if cookie(b, deviceCookie) != secret || !r.knows(b, "alice") || !r.knows(b, "bob") {
		t.Error("after bob's login the browser is not known to both")
	}
}

func TestDeviceCookie(t *testing.T) {
	for _, secure := range []bool{false, true} {
		r := newRig(t)
		r.flow.Secure = secure
		r.journeys.first = func(run *journey.Run) {
			run.Subject = &abi.Subject{ID: "u_alice", Username: "alice"}
			run.Evid = []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: r.clock.now()}}
			run.End = &journey.End{Terminal: journey.Success}
		}
		w := httptest.NewRecorder()
		r.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/start", nil))
		cookies := w.Result().Cookies()
		c := cookies[len(cookies)-1]
		want := map[bool]string{false: deviceCookie, true: "__Host-" + deviceCookie}[secure]
		if c.Name != want || c.Secure != secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %s", c)
		}
		if c.MaxAge != 90*24*60*60 || len(c.Value) < 26 {
			t.Errorf("it lives for %d seconds, with %d characters", c.MaxAge, len(c.Value))
		}
	}
}

// What does not look like one of our secrets is not taken up.
func TestPlantedDevice(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	for _, planted := range []string{"x", strings.Repeat("A", 10_000), "aaaaaaaaaaaaaaaaaaaaaaaaaa"} {
		b.SetCookie(&http.Cookie{Name: deviceCookie, Value: planted, Path: "/"})
		r.request.IgnoreEvidence = true
		r.signIn(b, "alice")
		if cookie(b, deviceCookie) == planted {
			t.Errorf("%.30q was taken up", planted)
		}
	}
}

// Steps' calls are told where each request came from, not where the run began.
func TestFrom(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	r.signIn(b, "alice")
	r.request.IgnoreEvidence = true
	r.submit(b, r.begin(b), "username", "alice", "password", "secret")
	device := store.Key(cookie(b, deviceCookie))
	first, last := r.journeys.started[0].From, r.journeys.answers[len(r.journeys.answers)-1].From
	if first.Device != "" || !first.Address.IsLoopback() {
		t.Errorf("the first run came from %+v", first)
	}
	if started := r.journeys.started[1].From; started.Device != device || last.Device != device || !last.Address.IsLoopback() {
		t.Errorf("the second run came from %+v, its answer from %+v", started, last)
	}
}
