package levels

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
)

// load is the configuration of this folder with the vendor's module, built here.
func load(t *testing.T) *config.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "claim.wasm")
	command := exec.CommandContext(t.Context(), "go", "build", "-buildmode=c-shared", "-trimpath", "-ldflags=-s -w -buildid=", "-o", path, "./step")
	command.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=")
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("build the plugin: %v\n%s", err, output)
	}
	cfg := hosttest.Load(t, "config.toml")
	vendor := cfg.Plugins["vendor"]
	vendor.Path = path
	cfg.Plugins["vendor"] = vendor
	return cfg
}

// setUp is a login with a password, an SMS code and a passkey.
func setUp(t *testing.T, s *hosttest.Site, p *hosttest.Person) {
	t.Helper()
	if got := s.LogIn(t, p, "setup"); got.Error() != "" {
		t.Fatal(got)
	}
}

// TestClocks: how old the session is, what is requested, and what is asked for. The
// session holds a password, an SMS code and a passkey of the same age.
func TestClocks(t *testing.T) {
	s := hosttest.OpenConfig(t, load(t))
	alice := s.Person(t, "alice")
	const minute, hour = time.Minute, time.Hour
	for _, row := range []struct {
		age           time.Duration
		value, maxAge string
		want          string
	}{
		{5 * minute, "pwd", "", ": pwd"},
		{5 * minute, "otp", "", ": otp"},
		{5 * minute, "phr", "", ": phr"},
		{15 * minute, "phr", "", ": phr"},
		{16 * minute, "phr", "", "passkey: phr"},
		{16 * minute, "otp", "", ": otp"},
		{hour, "otp", "", ": otp"},
		{hour + minute, "otp", "", "sms: otp"},
		{hour + minute, "phr", "", "passkey: phr"},
		{hour + minute, "pwd", "", ": pwd"},
		{8 * hour, "pwd", "", ": pwd"},
		{8*hour + minute, "pwd", "", "password: pwd"},
		{9 * hour, "otp", "", "sms: otp"},
		{9 * hour, "phr", "", "passkey: phr"}, // and no code, and no password
		{25 * hour, "phr", "", "username, passkey: phr"},
		{25 * hour, "otp", "", "username, sms: otp"},
		{25 * hour, "pwd", "", "username, password: pwd"},
		// A request can shorten each of the clocks, and lengthen none.
		{10 * minute, "phr", "600", ": phr"},
		{10 * minute, "phr", "300", "username, passkey: phr"},
		{16 * minute, "phr", "3600", "passkey: phr"},
		{2 * hour, "otp", "86400", "sms: otp"},
		{2 * hour, "pwd", "3600", "username, password: pwd"},
		{2 * hour, "pwd", "7200", ": pwd"},
		{minute, "phr", "0", "username, passkey: phr"},
	} {
		for _, client := range []string{"by-steps", "by-values"} {
			t.Run(fmt.Sprintf("%s/%s after %s, max_age %s", client, row.value, row.age, row.maxAge), func(t *testing.T) {
				s.Clock.Advance(48 * time.Hour)
				setUp(t, s, alice)
				s.Clock.Advance(row.age)
				parameters := []string{"acr_values=" + row.value}
				if row.maxAge != "" {
					parameters = append(parameters, "max_age="+row.maxAge)
				}
				if got := s.LogIn(t, alice, client, parameters...).String(); got != row.want {
					t.Errorf("got %s, want %s", got, row.want)
				}
			})
		}
	}
}

// TestClocksRunApart: to renew one piece of evidence leaves the others as old as they
// are.
func TestClocksRunApart(t *testing.T) {
	s := hosttest.OpenConfig(t, load(t))
	alice := s.Person(t, "alice")
	for _, client := range []string{"by-steps", "by-values"} {
		setUp(t, s, alice)
		for _, row := range []struct {
			later       time.Duration
			value, want string
		}{
			{50 * time.Minute, "phr", "passkey: phr"},
			{5 * time.Minute, "phr", ": phr"},
			{10 * time.Minute, "otp", "sms: otp"}, // 65 minutes old
			{time.Minute, "phr", "passkey: phr"},  // 16 minutes old
			{7 * time.Hour, "pwd", "password: pwd"},
			{0, "otp", "sms: otp"},
			{0, "phr", "passkey: phr"},
			{0, "otp", ": otp"},
		} {
			s.Clock.Advance(row.later)
			if got := s.LogIn(t, alice, client, "acr_values="+row.value).String(); got != row.want {
				t.Errorf("%s, %s: got %s, want %s", client, row.value, got, row.want)
			}
		}
		s.Clock.Advance(48 * time.Hour)
	}
}

// TestLevelsClock: where no step looks at the age, the level does, and what is too old
// for it is asked for again.
func TestLevelsClock(t *testing.T) {
	s := hosttest.OpenConfig(t, load(t))
	alice := s.Person(t, "alice")
	setUp(t, s, alice)
	s.Clock.Advance(15 * time.Minute)
	if got := s.LogIn(t, alice, "by-level").String(); got != ": phr" {
		t.Errorf("young enough: %s", got)
	}
	s.Clock.Advance(time.Minute)
	if got := s.LogIn(t, alice, "by-level", "prompt=none").String(); got != ": interaction_required" {
		t.Errorf("too old, in silence: %s", got)
	}
	if got := s.LogIn(t, alice, "by-level").String(); got != "passkey: phr" {
		t.Errorf("too old: %s", got)
	}
}
