package hosttest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/plugin"
)

// Load reads a configuration file and fits it for a test: nothing is kept on the
// disk but compiled code, hashing is cheap, and a step may take 30 s, as the race
// detector is slow.
func Load(t testing.TB, path string) *config.Config {
	t.Helper()
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range cfg.Plugins {
		p.Limits.Timeout = 30 * time.Second
		cfg.Plugins[name] = p
	}
	cfg.Store = config.Store{DSN: "memory:", SealKeyFile: filepath.Join(t.TempDir(), "seal.key")}
	cfg.Passwords.MemoryKiB, cfg.Passwords.Iterations = 7168, 1
	cfg.Throttle.LoginsPerMinute = 1_000_000 // tests begin as many as they like
	return cfg
}

// Run serves a configuration with the standard plugin that make plugins built, for
// as long as the test runs, by a clock; nil is the real one. It gives the issuer.
func Run(t testing.TB, cfg *config.Config, clock *Clock) (issuer string) {
	t.Helper()
	path := cfg.Plugins["standard"].Path
	wasm, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("run make plugins first: %v", err)
	}
	// The checkout's own cache: plugins/dist is two folders below its root.
	cfg.CacheDir = filepath.Join(filepath.Dir(path), "..", "..", ".cache", "acrhost")
	o := host.Options{StandardDigest: plugin.Digest(wasm)}
	if clock != nil {
		o.Now = clock.Now
	}
	issuer, stop, err := Serve(t.Context(), cfg, o)
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
