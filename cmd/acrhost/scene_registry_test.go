package main

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/acrhost/acrhost/host/artifact/registrytest"
)

// cmdRegistry runs a registry. It sets REGISTRY to where it is, and PASSWORD to the name of
// a file with the password of its user, acme.
func cmdRegistry(ts *testscript.TestScript, _ bool, _ []string) {
	dir := ts.MkAbs("registry")
	ts.Check(os.MkdirAll(dir, 0o700))
	r, err := registrytest.Start(dir)
	ts.Check(err)
	ts.Defer(r.Stop)
	sceneOf(ts).registry = r
	password := filepath.Join(dir, "password")
	ts.Check(os.WriteFile(password, []byte(registrytest.Password+"\n"), 0o600))
	ts.Setenv("REGISTRY", r.Address)
	ts.Setenv("PASSWORD", password)
}

func cmdStopRegistry(ts *testscript.TestScript, _ bool, _ []string) {
	sceneOf(ts).registry.Stop()
}

// cmdSpoil changes a module where the registry keeps it.
func cmdSpoil(ts *testscript.TestScript, _ bool, args []string) {
	digest, err := fileDigest(ts.MkAbs(args[0]))
	ts.Check(err)
	path := sceneOf(ts).registry.Blob(digest)
	content, err := os.ReadFile(path)
	ts.Check(err)
	content[len(content)-1] ^= 1
	ts.Check(os.WriteFile(path, content, 0o600))
}

// cmdDockerLogin writes docker's configuration, as docker login does.
func cmdDockerLogin(ts *testscript.TestScript, _ bool, _ []string) {
	dir := ts.MkAbs("docker")
	ts.Check(os.MkdirAll(dir, 0o700))
	text, err := dockerConfig(ts.Getenv("REGISTRY"))
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Join(dir, "config.json"), text, 0o600))
	ts.Setenv("DOCKER_CONFIG", dir)
}

// dockerConfig is docker's configuration after a login at a registry.
func dockerConfig(address string) ([]byte, error) {
	login := base64.StdEncoding.EncodeToString([]byte(registrytest.User + ":" + registrytest.Password))
	return json.Marshal(map[string]any{"auths": map[string]any{address: map[string]string{"auth": login}}})
}

// cmdExpand replaces variables in files.
func cmdExpand(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
}

// cmdForget takes fetched modules off the host's shelf, as if they had never been there.
func cmdForget(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		digest, err := fileDigest(ts.MkAbs(name))
		ts.Check(err)
		ts.Check(os.Remove(filepath.Join(ts.Getenv("CACHE"), "modules", strings.ReplaceAll(digest, ":", "-")+".wasm")))
	}
}

// cmdDigest keeps a file's digest in a variable.
func cmdDigest(ts *testscript.TestScript, _ bool, args []string) {
	digest, err := fileDigest(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Setenv(args[1], digest)
}
