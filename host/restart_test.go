package host_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/host/plugin"
)

// kept is a configuration whose store outlives the host.
func kept(t *testing.T) *config.Config {
	t.Helper()
	cfg := hosttest.Load(t, "testdata/clients.toml")
	dir := t.TempDir()
	cfg.Store = config.Store{DSN: "sqlite:" + filepath.Join(dir, "acrhost.db"), SealKeyFile: filepath.Join(dir, "acrhost.key")}
	cfg.CacheDir = "../.cache/acrhost"
	return cfg
}

// serve runs a host until stop is called, at another address each time.
func serve(t *testing.T, cfg *config.Config, clock *hosttest.Clock) (issuer string, stop func()) {
	t.Helper()
	wasm, err := os.ReadFile(cfg.Plugins["standard"].Path)
	if err != nil {
		t.Fatal(err)
	}
	issuer, end, err := hosttest.Serve(t.Context(), cfg, host.Options{StandardDigest: plugin.Digest(wasm), Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	return issuer, func() {
		if err := end(); err != nil {
			t.Error(err)
		}
	}
}

// eventually waits for what a host does by itself.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 2400 {
		if holds() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s does not happen", what)
}

// TestLogoutIsToldAfterARestart: a client that can't be told of a logout is told again, by
// the host that comes after the one that was asked to log out.
func TestLogoutIsToldAfterARestart(t *testing.T) {
	told := make(chan string, 10)
	var up atomic.Bool
	party := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !up.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		told <- r.PostFormValue("logout_token")
	}))
	t.Cleanup(party.Close)
	cfg := kept(t)
	at := slices.IndexFunc(cfg.Clients, func(c config.Client) bool { return c.ID == "app" })
	cfg.Clients[at].BackchannelLogoutURI = party.URL + "/bye"
	clock := hosttest.NewClock()
	issuer, stop := serve(t, cfg, clock)
	app, err := hosttest.NewParty(t.Context(), issuer, "app", "", "http://127.0.0.1:5555/callback")
	if err != nil {
		t.Fatal(err)
	}
	alice, err := hosttest.NewPerson(issuer, "alice", "correct horse battery staple")
	if err != nil {
		t.Fatal(err)
	}
	in, err := alice.LogIn(t.Context(), app, nil)
	if err != nil || in.Tokens == nil {
		t.Fatal(in, err)
	}
	page, err := alice.Browser.Get(issuer + "/logout?" + url.Values{"client_id": {"app"}}.Encode())
	if err == nil {
		_, err = alice.Browser.Submit(page, map[string]string{"_action": "logout-yes"})
	}
	if err != nil {
		t.Fatal(err)
	}
	first := payload(t, <-told)
	stop()
	up.Store(true)
	clock.Advance(10 * time.Second)
	_, stop = serve(t, cfg, clock)
	defer stop()
	again := payload(t, <-told)
	for _, got := range []map[string]any{first, again} {
		if got["sid"] != in.Tokens.ID["sid"] || got["sub"] != in.Tokens.ID["sub"] || got["aud"] != "app" || got["nonce"] != nil {
			t.Errorf("told %v of the session %v", got, in.Tokens.ID["sid"])
		}
	}
	if first["jti"] == again["jti"] {
		t.Error("told twice by one token")
	}
}

// payload is what a JWT says; its signature is looked at where real clients are told.
func payload(t *testing.T, raw string) map[string]any {
	t.Helper()
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		t.Fatalf("no JWT: %q", raw)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestKeysTakeTurnsBySchedule: as time goes by a running host publishes the next key before
// it signs, and keeps the one before it as long as what it signed may live.
func TestKeysTakeTurnsBySchedule(t *testing.T) {
	cfg := kept(t)
	cfg.Keys = config.Keys{RotateEvery: 30 * 24 * time.Hour, PublishBefore: 24 * time.Hour}
	clock := hosttest.NewClock()
	issuer, stop := serve(t, cfg, clock)
	old := keyIDs(t, issuer)
	stop()
	if len(old) == 0 {
		t.Fatal("no keys")
	}
	// Who begins anew looks at once; a host that goes on does so every minute.
	clock.Advance(29*24*time.Hour + time.Hour)
	issuer, stop = serve(t, cfg, clock)
	var both []string
	eventually(t, "publishing the next keys", func() bool { both = keyIDs(t, issuer); return len(both) == 2*len(old) })
	stop()
	if !subset(old, both) {
		t.Errorf("keys %v, before %v", both, old)
	}
	clock.Advance(24 * time.Hour)
	issuer, stop = serve(t, cfg, clock)
	if got := keyIDs(t, issuer); !subset(old, got) {
		t.Errorf("the new keys sign, and those whose tokens live are gone: %v of %v", got, old)
	}
	stop()
	clock.Advance(cfg.KeysKept() + time.Hour)
	issuer, stop = serve(t, cfg, clock)
	defer stop()
	eventually(t, "retiring the old keys", func() bool {
		now := keyIDs(t, issuer)
		return !slices.ContainsFunc(old, func(id string) bool { return slices.Contains(now, id) }) && len(now) >= len(old)
	})
}

func keyIDs(t *testing.T, issuer string) []string {
	t.Helper()
	res, err := http.Get(issuer + "/jwks")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var set struct{ Keys []struct{ Kid string } }
	if err := json.NewDecoder(res.Body).Decode(&set); err != nil {
		t.Fatal(err)
	}
	ids := make([]string, 0, len(set.Keys))
	for _, k := range set.Keys {
		ids = append(ids, k.Kid)
	}
	return ids
}

func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}
