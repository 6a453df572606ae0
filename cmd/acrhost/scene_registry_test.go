package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/crypto/bcrypt"
)

// registryPassword is the password of the registry's only user, acme.
const registryPassword = "a password of the registry"

type registryKey struct{}

// cmdRegistry runs Debian's docker-registry on a free port, with basic authentication. It
// sets REGISTRY to where it is, and PASSWORD to the name of a file with acme's password.
func cmdRegistry(ts *testscript.TestScript, _ bool, _ []string) {
	address, err := freeAddress()
	ts.Check(err)
	dir := ts.MkAbs("registry")
	ts.Check(os.MkdirAll(dir, 0o700))
	config, err := registryConfig(dir, address)
	ts.Check(err)
	server := exec.Command("docker-registry", "serve", config)
	log, err := os.Create(filepath.Join(dir, "log"))
	ts.Check(err)
	server.Stdout, server.Stderr = log, log
	ts.Check(server.Start())
	stop := func() {
		if server.ProcessState == nil {
			_ = server.Process.Kill()
			_ = server.Wait()
			log.Close()
		}
	}
	*ts.Value(registryKey{}).(*func()) = stop
	ts.Defer(stop)
	ts.Check(listens(address))
	ts.Setenv("REGISTRY", address)
	ts.Setenv("PASSWORD", filepath.Join(dir, "password"))
}

func cmdStopRegistry(ts *testscript.TestScript, _ bool, _ []string) {
	(*ts.Value(registryKey{}).(*func()))()
}

func registryConfig(dir, address string) (string, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(registryPassword), bcrypt.MinCost)
	if err != nil {
		return "", err
	}
	config := fmt.Sprintf(`version: 0.1
log: {level: info, accesslog: {disabled: false}}
storage: {filesystem: {rootdirectory: %q}}
http: {addr: %q}
auth: {htpasswd: {realm: test, path: %q}}
`, filepath.Join(dir, "data"), address, filepath.Join(dir, "htpasswd"))
	path := filepath.Join(dir, "config.yml")
	for name, text := range map[string]string{path: config, filepath.Join(dir, "htpasswd"): "acme:" + string(hash) + "\n", filepath.Join(dir, "password"): registryPassword + "\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	return path, nil
}

// listens waits until something takes connections at an address.
func listens(address string) error {
	var err error
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var c net.Conn
		if c, err = net.DialTimeout("tcp", address, time.Second); err == nil {
			return c.Close()
		}
	}
	return fmt.Errorf("the registry doesn't answer: %w", err)
}

// cmdDockerLogin writes docker's configuration, as docker login does: USER and the file
// with the password.
func cmdDockerLogin(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs("docker")
	ts.Check(os.MkdirAll(dir, 0o700))
	login := base64.StdEncoding.EncodeToString([]byte(args[0] + ":" + registryPassword))
	text, err := json.Marshal(map[string]any{"auths": map[string]any{ts.Getenv("REGISTRY"): map[string]string{"auth": login}}})
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Join(dir, "config.json"), text, 0o600))
	ts.Setenv("DOCKER_CONFIG", dir)
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
