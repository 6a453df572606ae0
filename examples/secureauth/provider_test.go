package secureauth_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/hosttest"
)

// TestAnotherAcrhost runs both configurations of this folder: the broker signs a user in
// at an acrhost that asks for a password. Each browser here is the part of one that has
// the cookies of one of the two.
func TestAnotherAcrhost(t *testing.T) {
	idp, broker := pair(t)
	party, err := hosttest.NewParty(t.Context(), broker, "rules", "", "http://127.0.0.1:5555/callback")
	if err != nil {
		t.Fatal(err)
	}
	here, there := browser(t, broker), browser(t, idp)
	attempt := party.Begin(nil)
	away := get(t, here, attempt.URL)
	back, err := there.Submit(get(t, there, away.URL.String()), map[string]string{"username": "alice", "password": "correct horse battery staple"})
	if err != nil {
		t.Fatal(err)
	}
	end := get(t, here, back.URL.String())
	tokens, err := party.Finish(t.Context(), attempt, end.Params())
	if err != nil {
		t.Fatalf("%v\n%s", err, end.Text())
	}
	if tokens.ID["acr"] != "urn:example:high" {
		t.Errorf("got %v", tokens.ID)
	}
	// In silence, both sides go by their sessions; without one, the client is told.
	if got := silent(t, party, here, there); got.Get("code") == "" {
		t.Errorf("with sessions: %v", got)
	}
	if got := silent(t, party, browser(t, broker), there); got.Get("code") == "" {
		t.Errorf("with a session there: %v", got)
	}
	if got := silent(t, party, browser(t, broker), browser(t, idp)); got.Get("error") != "login_required" {
		t.Errorf("without a session: %v", got)
	}
}

// silent is what the client is answered to prompt=none.
func silent(t *testing.T, party *hosttest.Party, here, there *hosttest.Browser) url.Values {
	t.Helper()
	page := get(t, here, party.Begin(url.Values{"prompt": {"none"}}).URL)
	if page.URL.Path == "/authorize" {
		page = get(t, here, get(t, there, page.URL.String()).URL.String())
	}
	return page.Params()
}

// pair serves both: each has to know the other's address before it begins.
func pair(t *testing.T) (idp, broker string) {
	t.Helper()
	var handler atomic.Pointer[host.Host]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.Load().ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	broker = serve(t, "config.toml", "http://127.0.0.1:8090", server.URL)
	cfg, options := load(t, "idp.toml", "http://127.0.0.1:8090", server.URL, "http://localhost:8080", broker)
	h, err := host.Open(t.Context(), cfg, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	handler.Store(h)
	return server.URL, broker
}

func browser(t *testing.T, issuer string) *hosttest.Browser {
	t.Helper()
	b, err := hosttest.NewBrowser(issuer)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func get(t *testing.T, b *hosttest.Browser, address string) *hosttest.Page {
	t.Helper()
	page, err := b.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	return page
}
