package host_test

import (
	"database/sql"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/acrhost/acrhost/host/hosttest"
)

// TestBusyStore: while another process keeps the store to itself nobody gets anything, all are
// told to come again, and who does so finds everything as it was.
func TestBusyStore(t *testing.T) {
	t.Parallel() // it waits for SQLite's busy_timeout
	cfg := kept(t)
	issuer, stop := serve(t, cfg, hosttest.NewClock())
	defer stop()
	app := url.Values{
		"response_type": {"code"}, "client_id": {"app"}, "redirect_uri": {"http://127.0.0.1:5555/callback"}, "scope": {"openid"},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"}, // RFC 7636, appendix B
	}
	right := map[string]string{"username": "alice", "password": "correct horse battery staple"}
	b, prompt := asked(t, issuer, app)
	first, err := b.Submit(prompt, right)
	if err != nil || !first.Params().Has("code") {
		t.Fatal(err, first)
	}
	redeem := func() (status int, retry string) {
		q := url.Values{"grant_type": {"authorization_code"}, "code": {first.Params().Get("code")}, "redirect_uri": app["redirect_uri"], "client_id": {"app"}, "code_verifier": {"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}}
		resp, err := http.PostForm(issuer+"/token", q)
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		defer resp.Body.Close()
		return resp.StatusCode, resp.Header.Get("Retry-After")
	}
	b, prompt = asked(t, issuer, app)
	unlock := lockStore(t, strings.TrimPrefix(cfg.Store.DSN, "sqlite:"))
	var both sync.WaitGroup
	both.Go(func() {
		page, err := b.Submit(prompt, right)
		if err != nil || page.Status != http.StatusServiceUnavailable || page.Header.Get("Retry-After") != "5" || !page.Has("error") {
			t.Errorf("a login: %v, %+v", err, page)
		}
	})
	both.Go(func() {
		if status, retry := redeem(); status != http.StatusServiceUnavailable || retry != "5" {
			t.Errorf("a code: %d, Retry-After %q", status, retry)
		}
	})
	both.Wait()
	unlock()
	if status, _ := redeem(); status != http.StatusOK {
		t.Errorf("the code afterwards: %d", status)
	}
}

// asked is a new browser, and the first page of a login in it.
func asked(t *testing.T, issuer string, request url.Values) (*hosttest.Browser, *hosttest.Page) {
	t.Helper()
	b, err := hosttest.NewBrowser(issuer)
	if err != nil {
		t.Fatal(err)
	}
	prompt, err := b.Get(issuer + "/authorize?" + request.Encode())
	if err != nil {
		t.Fatal(err)
	}
	return b, prompt
}

// lockStore has the store's file written by nobody else until unlock is called.
func lockStore(t *testing.T, path string) (unlock func()) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	for _, q := range []string{"PRAGMA busy_timeout=5000", "BEGIN IMMEDIATE"} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}
