package login_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/session"
)

// FuzzCookies: whatever a browser's Cookie header says, its run is shown to who has the
// run's own cookie, a session is found by its own, and nothing else comes of it. In the
// text, BROWSER and SESSION stand for the secrets of a browser in which alice
// signed in, which differ from one process to the next.
func FuzzCookies(f *testing.F) {
	r := build(f, time.Now)
	handler := r.handler()
	_, sso, err := r.flow.Sessions.Renew(f.Context(), nil, "u_alice", session.Place{}, nil)
	if err != nil {
		f.Fatal(err)
	}
	started := httptest.NewRecorder()
	handler.ServeHTTP(started, httptest.NewRequestWithContext(f.Context(), http.MethodGet, "/start", nil))
	run, browser := started.Header().Get("Location"), started.Result().Cookies()[0]
	if browser.Name != "acrhost-browser" || sso.Name != "acrhost-session" {
		f.Fatalf("cookies %s, %s", browser.Name, sso.Name)
	}
	secrets := strings.NewReplacer("BROWSER", browser.Value, "SESSION", sso.Value)
	for _, seed := range []string{
		"acrhost-browser=BROWSER; acrhost-session=SESSION", "acrhost-browser=BROWSER", "acrhost-session=SESSION; acrhost-device=SESSION",
		"acrhost-browser=SESSION; acrhost-session=BROWSER", "acrhost-browser=x; acrhost-browser=BROWSER", "acrhost-browser=\"BROWSER\"", "acrhost-browser=BROWSER,acrhost-session=SESSION",
		"ACRHOST-BROWSER=BROWSER", "__Host-acrhost-browser=BROWSER; __Host-acrhost-session=SESSION", " acrhost-browser = BROWSER ;;=; acrhost-session", "acrhost-browser=BROWSER\x00",
		"acrhost-session=" + strings.Repeat("A", 26), "acrhost-session=%53ESSION", "acrhost-browser=BROWSERBROWSER", "\xff\xfe=\xff", strings.Repeat("a=b; ", 4000),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		header := secrets.Replace(text)
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, run, nil)
		req.Header["Cookie"] = []string{header}
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, req)
		switch {
		case rec.Code == http.StatusForbidden:
		case rec.Code != http.StatusOK:
			t.Errorf("%q: status %d", text, rec.Code)
		case !has(header, browser):
			t.Errorf("%q: the run was shown", text)
		}
		found, err := r.flow.Sessions.Lookup(req)
		if err != nil || found != nil && (found.UserID != "u_alice" || !has(header, sso)) {
			t.Errorf("%q: session %+v, %v", text, found, err)
		}
		if (found == nil || rec.Code != http.StatusOK) && text == "acrhost-browser=BROWSER; acrhost-session=SESSION" {
			t.Errorf("alice's own cookies: session %+v, status %d", found, rec.Code)
		}
	})
}

// has says whether a header holds a cookie, as a reader sees it that is not the standard
// library's.
func has(header string, want *http.Cookie) bool {
	for pair := range strings.SplitSeq(header, ";") {
		name, value, _ := strings.Cut(strings.Trim(pair, " \t"), "=")
		if strings.Trim(name, " \t") == want.Name && strings.Trim(value, "\" \t") == want.Value {
			return true
		}
	}
	return false
}
