package login_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/acrhost/acrhost/host/hosttest"
)

func TestDoubleSubmit(t *testing.T) {
	const clicks = 16
	r := newRig(t)
	b := r.browser()
	p := r.begin(b)
	for _, answer := range [][]string{{"username", "alice", "password", "secret"}, {"code", "123456"}} {
		held := r.journeys.holdNext()
		pages := make([]*hosttest.Page, clicks)
		cookies := make([]string, clicks)
		var group sync.WaitGroup
		for i := range clicks {
			tab := b.Clone()
			group.Go(func() {
				next, err := tab.Submit(p, form(answer))
				if err != nil {
					t.Error(err)
					next = p
				}
				pages[i], cookies[i] = next, cookie(tab, sessionCookie)
			})
		}
		<-held.entered
		time.Sleep(50 * time.Millisecond) // let the others come in meanwhile
		close(held.end)
		group.Wait()
		for i, other := range pages {
			if other.URL.String() != pages[0].URL.String() || other.Text() != pages[0].Text() || cookies[i] != cookies[0] {
				t.Fatalf("clicks led to two places: %s and %s", pages[0].URL, other.URL)
			}
		}
		p = pages[0]
	}
	r.atClient(p)
	if r.journeys.most() != 1 || len(r.finisher.all()) != 1 {
		t.Errorf("a step ran %d times, the run was finished %d times", r.journeys.most(), len(r.finisher.all()))
	}
}

// visit is one browser in a run, in a bubble of synctest: it sends its requests
// past the network, which a bubble can't wait for.
type visit struct {
	*rig
	handler http.Handler
	run     string // path
	cookies []*http.Cookie
	token   string
}

func newVisit(t *testing.T) *visit {
	t.Helper()
	r := build(t, time.Now)
	v := &visit{rig: r, handler: r.handler()}
	started := v.serve(t.Context(), http.MethodGet, "/start", nil)
	v.run, v.cookies = started.Header().Get("Location"), started.Result().Cookies()
	v.token = tokenOf(t, v.page())
	return v
}

func (v *visit) serve(ctx context.Context, method, path string, form url.Values) *httptest.ResponseRecorder {
	req := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range v.cookies {
		req.AddCookie(c)
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, req)
	return w
}

// page is what the run shows.
func (v *visit) page() *hosttest.Page {
	return &hosttest.Page{Body: v.serve(v.t.Context(), http.MethodGet, v.run, nil).Body.Bytes()}
}

// submit answers the first prompt.
func (v *visit) submit(ctx context.Context, name string) int {
	return v.serve(ctx, http.MethodPost, v.run, url.Values{"_token": {v.token}, "username": {name}}).Code
}

// submitHeld is submit, by a request that keeps the run until the hold ends.
func (v *visit) submitHeld(ctx context.Context, name string) (*hold, <-chan int) {
	held := v.journeys.holdNext()
	status := make(chan int, 1)
	go func() { status <- v.submit(ctx, name) }()
	<-held.entered
	return held, status
}

// The browser gives up on the first click; what it began goes on.
func TestFirstClickCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVisit(t)
		ctx, giveUp := context.WithCancel(t.Context())
		held, first := v.submitHeld(ctx, "alice")
		held.fault = context.Context.Err
		giveUp()
		second := make(chan int)
		go func() { second <- v.submit(t.Context(), "alice") }()
		synctest.Wait()
		close(held.end)
		for _, click := range []<-chan int{first, second} {
			if status := <-click; status != http.StatusSeeOther {
				t.Errorf("a click has status %d", status)
			}
		}
		if text := v.page().Text(); !strings.Contains(text, "Code") || v.journeys.most() != 1 {
			t.Errorf("the step ran %d times; the run is at: %s", v.journeys.most(), text)
		}
	})
}

// Who waits for a run does not wait for ever, and not after the browser has gone.
func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVisit(t)
		held, _ := v.submitHeld(t.Context(), "alice")
		began := time.Now()
		if status := v.submit(t.Context(), "alice"); status != http.StatusSeeOther {
			t.Errorf("the status is %d", status)
		}
		if waited := time.Since(began); waited < 5*time.Second || waited > 15*time.Second {
			t.Errorf("waited %s", waited)
		}
		ctx, giveUp := context.WithCancel(t.Context())
		giveUp()
		began = time.Now()
		v.submit(ctx, "alice")
		if waited := time.Since(began); waited > time.Second {
			t.Errorf("waited %s for a browser that has gone", waited)
		}
		close(held.end)
	})
}

// A host that dies with a run in its hands leaves it to be taken up again, after
// the lease. Until then nobody else runs it; and should the host come back to life
// after that, what it did is not stored.
func TestLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVisit(t)
		held, late := v.submitHeld(t.Context(), "late")
		v.submit(t.Context(), "early")
		if n := v.journeys.most(); n != 0 {
			t.Fatalf("the step ran %d times while another request held the run", n)
		}
		time.Sleep(time.Minute)
		if status := v.submit(t.Context(), "alice"); status != http.StatusSeeOther {
			t.Errorf("after the lease the status is %d", status)
		}
		close(held.end)
		<-late
		code := url.Values{"_token": {tokenOf(t, v.page())}, "code": {"1"}}
		v.serve(t.Context(), http.MethodPost, v.run, code)
		if all := v.finisher.all(); len(all) != 1 || all[0].Run.Subject.Username != "alice" {
			t.Errorf("finished: %v", all)
		}
	})
}

// A late holder that fails does not let go of what somebody else holds by now.
func TestLateFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVisit(t)
		first, late := v.submitHeld(t.Context(), "late")
		first.fault = func(context.Context) error { return errors.New("too late") }
		time.Sleep(time.Minute)
		second, status := v.submitHeld(t.Context(), "alice")
		close(first.end)
		if got := <-late; got != http.StatusInternalServerError {
			t.Errorf("the late holder's status is %d", got)
		}
		v.submit(t.Context(), "third")
		if n := v.journeys.most(); n != 0 {
			t.Errorf("the step ran %d times while another request held the run", n)
		}
		close(second.end)
		if got := <-status; got != http.StatusSeeOther || v.journeys.most() != 1 {
			t.Errorf("the holder's status is %d; the step ran %d times", got, v.journeys.most())
		}
	})
}
