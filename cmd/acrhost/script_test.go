package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// digestEnv carries the digest of the standard plugin into the command when a
// script runs it: a test binary has no linker flags of its own.
const digestEnv = "ACRHOST_TEST_STANDARD_DIGEST"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"acrhost": func() {
			standardDigest = os.Getenv(digestEnv)
			main()
		},
	})
}

// TestScripts runs whole flows, one a file, against the real command.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in testdata/script: %v", err)
	}
	// testscript's own commands come first: a scene's command of that name never runs.
	for _, builtin := range []string{
		"cd", "chmod", "cmp", "cmpenv", "cp", "env", "exec", "exists", "grep", "kill", "mkdir", "mv", "rm", "skip",
		"stderr", "stdin", "stdout", "stop", "symlink", "ttyin", "ttyout", "unix2dos", "unquote", "wait",
	} {
		if sceneCommands[builtin] != nil {
			t.Fatalf("%s is a command of testscript", builtin)
		}
	}
	plugin, tools := standardPlugin(t), toolchains(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, tools...)
			return setUpScene(env, plugin)
		},
		Cmds: sceneCommands,
		// [race] is for scripts that build plugins, or start the command many times.
		Condition: func(name string) (bool, error) {
			if name != "race" {
				return false, fmt.Errorf("there is no condition %s", name)
			}
			return raceDetector, nil
		},
	})
}

// compilesModules skips a test that would take minutes under the race detector, as it
// compiles large modules. make test runs it without the detector too.
func compilesModules(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("run without the race detector")
	}
}

// standardPlugin is the path of the plugin that make builds.
func standardPlugin(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../plugins/dist/standard.wasm")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the standard plugin is not built: run make plugins (%v)", err)
	}
	return path
}

// baseConfig is what every script starts from; its own journeys are in
// journeys.toml.
const baseConfig = `
issuer = %[1]q
listen = %[2]q
cache_dir = %[3]q
journey = "main"
include = ["journeys.toml"]

[store]
dsn = "sqlite:acrhost.db"
seal_key_file = "acrhost.key"

[passwords]
memory_kib = 7168
iterations = 1

[demo]
enabled = true

[[demo.users]]
name = "alice"
password = "correct horse battery staple"
email = "alice@example.com"
phone = "+15555550101"

[[demo.users]]
name = "bob"
password = "winter tulips under glass"
email = "bob@example.com"

[messages.sms]
type = "outbox"

[messages.email]
type = "outbox"

# The race detector on a busy machine is slow; what a slow step comes to is tested
# where steps are run.
[plugins.standard]
path = %[4]q
limits.timeout = "30s"

[[clients]]
id = "app"
name = "App"
redirect_uris = ["http://127.0.0.1:5555/callback"]

[[clients]]
id = "api"
introspects = ["*"]
secret = "a secret of the resource server"
redirect_uris = ["http://127.0.0.1:5555/callback"]
`

func setUpScene(env *testscript.Env, plugin string) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	cache, err := filepath.Abs("../../.cache/acrhost")
	if err != nil {
		return err
	}
	digest, err := fileDigest(plugin)
	if err != nil {
		return err
	}
	issuer := "http://localhost:" + port
	env.Setenv("XDG_CACHE_HOME", filepath.Dir(cache))
	env.Setenv(digestEnv, digest)
	env.Setenv("GORACE", os.Getenv("GORACE")) // how long the command waits for races at its end
	env.Setenv("CACHE", cache)
	env.Setenv("ISSUER", issuer)
	env.Setenv("STANDARD", plugin)
	env.Setenv("DIGEST", digest)
	env.Setenv("ALICE", "correct horse battery staple")
	env.Setenv("BOB", "winter tulips under glass")
	s := newScene(issuer, env)
	env.Values[sceneKey{}] = s
	env.Defer(s.close)
	config := filepath.Join(env.WorkDir, "config.toml")
	if _, err := os.Stat(config); err == nil {
		return nil // the script brings a whole configuration
	}
	text := fmt.Sprintf(baseConfig, issuer, "127.0.0.1:"+port, cache, plugin)
	return os.WriteFile(config, []byte(text), 0o600)
}

func freeAddress() (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func fileDigest(path string) (string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}
