package officehours

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/host/plugin"
)

// TestLogin logs alice in through the configuration of this folder. Which acr she
// gets depends on the hour, so the hours are set around now, and away from it.
func TestLogin(t *testing.T) {
	wasm := build(t)
	now := time.Now().UTC()
	for name, row := range map[string]struct {
		from, to string
		ahead    int // hours ahead of UTC
		code     bool
		want     string
	}{
		// In the office's own time it is about noon, or about eight in the evening.
		"inside":  {from: "11:00", to: "13:00", ahead: 12 - now.Hour(), want: "office"},
		"outside": {from: "11:00", to: "13:00", ahead: 20 - now.Hour(), code: true, want: "remote"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := load(t, wasm)
			hours := cfg.Journeys["work"].Steps["hours"].Config
			hours["from"], hours["to"], hours["utc_hours"] = row.from, row.to, int64(row.ahead)
			if got := acrOf(t, cfg, row.code); got != row.want {
				t.Errorf("acr %v, want %q", got, row.want)
			}
		})
	}
}

func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "office-hours.wasm")
	command := exec.CommandContext(t.Context(), "go", "build", "-buildmode=c-shared", "-trimpath", "-ldflags=-s -w -buildid=", "-o", path, "./step")
	command.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=")
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("build the plugin: %v\n%s", err, output)
	}
	return path
}

func load(t *testing.T, wasm string) *config.Config {
	t.Helper()
	cfg, err := config.Load("config.toml")
	if err != nil {
		t.Fatal(err)
	}
	office := cfg.Plugins["office"]
	office.Path = wasm
	cfg.Plugins["office"] = office
	for name, p := range cfg.Plugins {
		p.Limits.Timeout = 30 * time.Second // the race detector is slow
		cfg.Plugins[name] = p
	}
	cfg.Store = config.Store{DSN: "memory:", SealKeyFile: filepath.Join(t.TempDir(), "seal.key")}
	cfg.CacheDir = filepath.Join("..", "..", ".cache", "acrhost")
	return cfg
}

func acrOf(t *testing.T, cfg *config.Config, withCode bool) any {
	t.Helper()
	standard, err := os.ReadFile(cfg.Plugins["standard"].Path)
	if err != nil {
		t.Fatalf("run make plugins first: %v", err)
	}
	issuer, stop, err := hosttest.Serve(t.Context(), cfg, host.Options{StandardDigest: plugin.Digest(standard)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}()
	party, err := hosttest.NewParty(t.Context(), issuer, "app", "", "http://127.0.0.1:5555/callback")
	if err != nil {
		t.Fatal(err)
	}
	browser, err := hosttest.NewBrowser(issuer)
	if err != nil {
		t.Fatal(err)
	}
	attempt := party.Begin(nil)
	page, err := browser.Get(attempt.URL)
	if err != nil {
		t.Fatal(err)
	}
	page = submit(t, browser, page, map[string]string{"username": "alice", "password": "correct horse battery staple"})
	if withCode {
		page = submit(t, browser, page, map[string]string{"code": code(t, issuer)})
	}
	tokens, err := party.Finish(t.Context(), attempt, page.Params())
	if err != nil {
		t.Fatalf("%v\n%s", err, page.Text())
	}
	return tokens.ID["acr"]
}

func submit(t *testing.T, b *hosttest.Browser, p *hosttest.Page, fields map[string]string) *hosttest.Page {
	t.Helper()
	next, err := b.Submit(p, fields)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func code(t *testing.T, issuer string) string {
	t.Helper()
	list, err := hosttest.Outbox(issuer)
	if err != nil || len(list) == 0 {
		t.Fatalf("outbox: %v, %d messages", err, len(list))
	}
	return regexp.MustCompile(`\d{6}`).FindString(list[0].Text)
}
