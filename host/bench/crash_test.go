package main

import (
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// TestKilledServerLosesNothingIssued kills a server while many sign in. Whatever tokens a
// client had got until then must be good afterwards: the answer was held back until they
// were on the disk, though their commits are shared and waited for late.
func TestKilledServerLosesNothingIssued(t *testing.T) {
	o, err := parse(parts, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	c, err := acrhost(t.Context(), o, subject{store: "sqlite", alg: "ES256", steps: "c"}, address, dir, filepath.Join(dir, "cache"))
	if err != nil {
		t.Fatal(err)
	}
	running, err := start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	at, err := discover(t.Context(), c.issuer, "ES256")
	if err != nil {
		t.Fatal(err)
	}
	all, err := newUsers(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	issued := issueUntilKilled(t, running, all)
	if running, err = start(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := running.stop(); err != nil {
			t.Error(err)
		}
	}()
	u := &user{name: userName(0), http: newHTTPClient(0), at: at}
	for _, refresh := range issued {
		if err := u.redeem(t.Context(), url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}); err != nil {
			t.Errorf("a token that a client had got is lost: %v", err)
		}
	}
	t.Logf("%d logins", len(issued))
}

// issueUntilKilled gives the refresh tokens that clients had got when the server was killed.
func issueUntilKilled(t *testing.T, running *server, all []*user) []string {
	t.Helper()
	var mu sync.Mutex
	var issued []string
	var done sync.WaitGroup
	for _, u := range all {
		done.Go(func() {
			for u.login(t.Context()) == nil {
				mu.Lock()
				issued = append(issued, u.last.Refresh)
				mu.Unlock()
			}
		})
	}
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		mu.Lock()
		enough := len(issued) > 5*len(all)
		mu.Unlock()
		if enough {
			break
		}
	}
	if err := running.Process.Kill(); err != nil {
		t.Error(err)
	}
	if err := <-running.ended; err == nil {
		t.Error("the server had ended by itself")
	}
	done.Wait()
	return issued
}
