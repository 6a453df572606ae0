package stepup

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/sdk/resource"
)

// TestStepUp is a client that is challenged, steps up and succeeds.
func TestStepUp(t *testing.T) {
	issuer, party, alice := bank(t)
	handler, err := API(t.Context(), issuer)
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(handler)
	defer api.Close()

	first := logIn(t, alice, party, nil)
	if status, text, _ := get(t, api.URL+"/balance", first.OAuth.AccessToken); status != http.StatusOK || !strings.HasPrefix(text, "100 for demo-") {
		t.Errorf("balance: %d %s", status, text)
	}
	status, _, ask := get(t, api.URL+"/transfers", first.OAuth.AccessToken)
	if status != http.StatusUnauthorized || ask.Encode() != "acr_values=2.0&max_age=300" {
		t.Fatalf("transfers: %d, ask for %v", status, ask)
	}
	second := logIn(t, alice, party, ask)
	if status, text, _ := get(t, api.URL+"/transfers", second.OAuth.AccessToken); status != http.StatusOK {
		t.Errorf("transfers after stepping up: %d %s", status, text)
	}
	// The first grant is as it was, also after a refresh.
	again, err := party.Refresh(t.Context(), first.OAuth.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	if again.ID["acr"] != "1.0" || again.Access["acr"] != "1.0" || again.ID["auth_time"] != first.ID["auth_time"] {
		t.Errorf("refreshed: %v, before: %v", again.ID, first.ID)
	}
	if status, _, _ := get(t, api.URL+"/transfers", again.OAuth.AccessToken); status != http.StatusUnauthorized {
		t.Errorf("transfers with the first grant, refreshed: %d", status)
	}
}

// TestNoWayRound: what can't be reached is an error at once: nobody is asked for anything.
func TestNoWayRound(t *testing.T) {
	_, party, alice := bank(t)
	got, err := alice.LogIn(t.Context(), party, url.Values{"acr_values": {"3.0"}})
	if err != nil {
		t.Fatal(err)
	}
	if got.Error() != "unmet_authentication_requirements" || len(got.Asked) != 0 {
		t.Errorf("got %v after %q", got.Params, got.Asked)
	}
}

func get(t *testing.T, address, token string) (int, string, url.Values) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	ask, _ := resource.StepUp(res)
	return res.StatusCode, string(text), ask
}

// logIn is a login that has to succeed.
func logIn(t *testing.T, alice *hosttest.Person, party *hosttest.Party, ask url.Values) *hosttest.Tokens {
	t.Helper()
	got, err := alice.LogIn(t.Context(), party, ask)
	if err != nil || got.Tokens == nil {
		t.Fatalf("%+v, %v", got, err)
	}
	return got.Tokens
}

// bank is the provider of this folder, its client, and alice at a browser.
func bank(t *testing.T) (issuer string, party *hosttest.Party, alice *hosttest.Person) {
	t.Helper()
	issuer = hosttest.Run(t, hosttest.Load(t, "config.toml"), nil)
	party, err := hosttest.NewParty(t.Context(), issuer, "app", "", "http://127.0.0.1:5555/callback")
	if err != nil {
		t.Fatal(err)
	}
	if alice, err = hosttest.NewPerson(issuer, "alice", "correct horse battery staple"); err != nil {
		t.Fatal(err)
	}
	return issuer, party, alice
}
