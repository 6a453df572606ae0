package oidc_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
)

// logsOut keeps n logouts of a client in the store, as the end of sessions does.
func (r *rig) logsOut(group, client string, n int, due time.Time) {
	r.Helper()
	for i := range n {
		data, err := json.Marshal(map[string]any{"client": client, "session_id": fmt.Sprint(i), "user_id": "u-alice", "tries": 1, "due": due})
		if err == nil {
			_, err = r.store.Put(r.Context(), store.Record{
				Kind: store.Logout, ID: fmt.Sprintf("%s-%05d", client, i), Group: group, Data: data, ExpiresAt: r.clock.now().Add(session.LogoutTime),
			})
		}
		if err != nil {
			r.Fatal(err)
		}
	}
}

// Attack: a client that does not answer has its users sign out again and again. It holds up
// itself: others are told meanwhile.
func TestLogoutsOfWhoDoesNotAnswer(t *testing.T) {
	to := newReceiver(t)
	var at, most atomic.Int64
	mute := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		if n := at.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer at.Add(-1)
		for begun := time.Now(); len(to.got()) == 0 && time.Since(begun) < 4*time.Second; {
			select {
			case <-req.Context().Done():
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}))
	t.Cleanup(mute.Close)
	other := told(to, func(c *config.Client) { c.ID = "zz-told" })
	r := newRigWith(t, append(other, config.Client{ID: "mute", Secret: secret, RedirectURIs: []string{webURI}, BackchannelLogoutURI: mute.URL}))
	r.logsOut(session.Fresh, "mute", 20, time.Time{})
	r.logsOut(session.Fresh, "zz-told", 1, time.Time{})
	r.deliver()
	if len(to.got()) != 1 || most.Load() > 2 {
		t.Errorf("the other was told %d times, and %d were told of at once who do not answer", len(to.got()), most.Load())
	}
}

// Attack: so many logouts wait for their next try that nobody gets to those behind them.
func TestLogoutsThatAreNotDueHideNobodys(t *testing.T) {
	to := newReceiver(t)
	r := newRigWith(t, told(to))
	r.logsOut("logouts tried", "gone", 300, r.clock.now().Add(time.Minute))
	r.logsOut("logouts tried", "told", 1, r.clock.now())
	r.deliver()
	if len(to.got()) != 1 {
		t.Errorf("told %d times", len(to.got()))
	}
}

// Attack: a client that registered itself has more logouts than are looked at in a round. It
// stands in a line of its own.
func TestLogoutsOfStrangersWaitByThemselves(t *testing.T) {
	r := newRegistry(t)
	c := r.register(object{"token_endpoint_auth_method": "none", "backchannel_logout_uri": r.published.URL + "/logout"})
	s, _ := r.newSession()
	r.login.change = inSession(s)
	r.code(c.id, nil)
	if err := r.sessions.EndOf(t.Context(), "u-alice", s.Key); err != nil {
		t.Fatal(err)
	}
	r.wantWaiting(session.Fresh, 0)
	r.wantWaiting(session.FreshStrangers, 1)
	r.deliver()
	r.wantWaiting(session.FreshStrangers, 0)
	r.wantWaiting("logouts of strangers tried", 1)
	r.wantWaiting("logouts tried", 0)
}

// wantWaiting wants so many logouts in a group.
func (r *rig) wantWaiting(group string, n int) {
	r.Helper()
	if found, err := r.store.Group(r.Context(), store.Logout, group, 10); err != nil || len(found) != n {
		r.Errorf("%d logouts in %q, want %d; %v", len(found), group, n, err)
	}
}
