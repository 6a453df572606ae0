package stepup

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/resource"
)

// TestStepUp is a client that is challenged, steps up and succeeds.
func TestStepUp(t *testing.T) {
	issuer := serve(t)
	handler, err := API(t.Context(), issuer)
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(handler)
	defer api.Close()
	party, err := hosttest.NewParty(t.Context(), issuer, "app", "", "http://127.0.0.1:5555/callback")
	if err != nil {
		t.Fatal(err)
	}
	browser, err := hosttest.NewBrowser(issuer)
	if err != nil {
		t.Fatal(err)
	}

	first := logIn(t, issuer, party, browser, nil)
	if status, text, _ := get(t, api.URL+"/balance", first.OAuth.AccessToken); status != http.StatusOK || !strings.HasPrefix(text, "100 for demo-") {
		t.Errorf("balance: %d %s", status, text)
	}
	status, _, ask := get(t, api.URL+"/transfers", first.OAuth.AccessToken)
	if status != http.StatusUnauthorized || ask.Encode() != "acr_values=2.0&max_age=300" {
		t.Fatalf("transfers: %d, ask for %v", status, ask)
	}
	second := logIn(t, issuer, party, browser, ask)
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

// TestNoWayRound: what can't be reached is an error at once, not another round.
func TestNoWayRound(t *testing.T) {
	issuer := serve(t)
	party, err := hosttest.NewParty(t.Context(), issuer, "app", "", "http://127.0.0.1:5555/callback")
	if err != nil {
		t.Fatal(err)
	}
	browser, err := hosttest.NewBrowser(issuer)
	if err != nil {
		t.Fatal(err)
	}
	page, err := browser.Get(party.Begin(url.Values{"acr_values": {"3.0"}}).URL)
	if err != nil {
		t.Fatal(err)
	}
	page, err = browser.Submit(page, map[string]string{"username": "alice", "password": "correct horse battery staple"})
	if err != nil {
		t.Fatal(err)
	}
	if got := page.Params(); got.Get("error") != "unmet_authentication_requirements" || got.Get("iss") != issuer {
		t.Errorf("got %v", got)
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

// logIn answers whatever is asked.
func logIn(t *testing.T, issuer string, party *hosttest.Party, browser *hosttest.Browser, ask url.Values) *hosttest.Tokens {
	t.Helper()
	attempt := party.Begin(ask)
	page, err := browser.Get(attempt.URL)
	for range 4 {
		if err != nil {
			t.Fatal(err)
		}
		form, ok := page.Form()
		switch {
		case !ok:
			tokens, err := party.Finish(t.Context(), attempt, page.Params())
			if err != nil {
				t.Fatalf("%v\n%s", err, page.Text())
			}
			return tokens
		case form.Has("password"):
			page, err = browser.Submit(page, map[string]string{"username": "alice", "password": "correct horse battery staple"})
		default:
			page, err = browser.Submit(page, map[string]string{"code": code(t, issuer)})
		}
	}
	t.Fatalf("no end of questions:\n%s", page.Text())
	return nil
}

func code(t *testing.T, issuer string) string {
	t.Helper()
	list, err := hosttest.Outbox(issuer)
	if err != nil || len(list) == 0 {
		t.Fatalf("outbox: %v, %d messages", err, len(list))
	}
	return regexp.MustCompile(`\d{6}`).FindString(list[0].Text)
}

// serve runs the configuration of this folder.
func serve(t *testing.T) string {
	t.Helper()
	cfg, err := config.Load("config.toml")
	if err != nil {
		t.Fatal(err)
	}
	standard := cfg.Plugins["standard"]
	standard.Limits.Timeout = 30 * time.Second // the race detector is slow
	cfg.Plugins["standard"] = standard
	cfg.Store = config.Store{DSN: "memory:", SealKeyFile: filepath.Join(t.TempDir(), "seal.key")}
	cfg.CacheDir = filepath.Join("..", "..", ".cache", "acrhost")
	wasm, err := os.ReadFile(standard.Path)
	if err != nil {
		t.Fatalf("run make plugins first: %v", err)
	}
	issuer, stop, err := hosttest.Serve(t.Context(), cfg, host.Options{StandardDigest: plugin.Digest(wasm)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return issuer
}
