package host_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/hosttest"
)

// TestPagesHaveStableIDs: what other people's scripts of a test find on the pages, which
// need no script themselves.
func TestPagesHaveStableIDs(t *testing.T) {
	s := hosttest.Open(t, "testdata/clients.toml")
	b := s.Person(t, "alice").Browser
	page := func(page *hosttest.Page, err error) *hosttest.Page {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if scripts := page.Elements("script"); scripts != nil {
			t.Errorf("%s has scripts", page.URL)
		}
		return page
	}
	shop := request(url.Values{"client_id": {"shop"}, "redirect_uri": {"http://127.0.0.1:5556/callback"}, "scope": {"openid email"}})

	login := page(b.Get(s.Issuer + "/authorize?" + shop.Encode()))
	wantIDs(t, login, "username", "password", "submit")
	wrong := page(b.Submit(login, map[string]string{"username": "alice", "password": "not it"}))
	wantIDs(t, wrong, "_error", "username", "password", "submit")
	consent := page(b.Submit(wrong, map[string]string{"username": "alice", "password": "correct horse battery staple", "_action": "submit"}))
	wantIDs(t, consent, "approve", "deny")
	if done := page(b.Submit(consent, map[string]string{"_action": "approve"})); !done.Params().Has("code") {
		t.Errorf("after the consent: %s", done.URL)
	}

	logout := page(b.Get(s.Issuer + "/logout"))
	wantIDs(t, logout, "logout-yes")
	wantIDs(t, page(b.Submit(logout, nil)), "signed-out")
	if again := page(b.Get(s.Issuer + "/authorize?" + shop.Encode())); !again.Has("password") {
		t.Errorf("after the logout: %s", again.Text())
	}
	wantIDs(t, page(b.Get(s.Issuer+"/authorize?client_id=nobody")), "error", "advice", "reason")
	wantIDs(t, page(b.Get(s.Issuer+"/logout?post_logout_redirect_uri=https://evil.example")), "error", "advice", "reason")
}

func wantIDs(t *testing.T, page *hosttest.Page, ids ...string) {
	t.Helper()
	var missing []string
	for _, id := range ids {
		if !page.Has(id) {
			missing = append(missing, id)
		}
	}
	if diff := cmp.Diff([]string(nil), missing); diff != "" {
		t.Errorf("%s, status %d: %s\n%s", page.URL, page.Status, diff, page.Text())
	}
}
