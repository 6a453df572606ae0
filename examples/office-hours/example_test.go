package officehours

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
)

// TestLogin logs alice in through the configuration of this folder. Which acr she
// gets depends on the hour, so the hours are set around now, and away from it.
func TestLogin(t *testing.T) {
	wasm := build(t)
	now := time.Now().UTC()
	for name, row := range map[string]struct {
		from, to string
		ahead    int // hours ahead of UTC
		asked    []string
		want     string
	}{
		// In the office's own time it is about noon, or about eight in the evening.
		"inside":  {from: "11:00", to: "13:00", ahead: 12 - now.Hour(), asked: []string{"password"}, want: "office"},
		"outside": {from: "11:00", to: "13:00", ahead: 20 - now.Hour(), asked: []string{"password", "sms"}, want: "remote"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := load(t, wasm)
			hours := cfg.Journeys["work"].Steps["hours"].Config
			hours["from"], hours["to"], hours["utc_hours"] = row.from, row.to, int64(row.ahead)
			asked, got := logIn(t, cfg)
			if got != row.want || !slices.Equal(asked, row.asked) {
				t.Errorf("asked %q, acr %v; want %q, %q", asked, got, row.asked, row.want)
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
	cfg := hosttest.Load(t, "config.toml")
	office := cfg.Plugins["office"]
	office.Path = wasm
	cfg.Plugins["office"] = office
	return cfg
}

// logIn is alice's login: what she was asked, and which acr she got.
func logIn(t *testing.T, cfg *config.Config) ([]string, any) {
	t.Helper()
	issuer := hosttest.Run(t, cfg, nil)
	party, err := hosttest.NewParty(t.Context(), issuer, "app", "", "http://127.0.0.1:5555/callback")
	if err != nil {
		t.Fatal(err)
	}
	alice, err := hosttest.NewPerson(issuer, "alice", "correct horse battery staple")
	if err != nil {
		t.Fatal(err)
	}
	got, err := alice.LogIn(t.Context(), party, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got.Asked, got.Tokens.ID["acr"]
}
