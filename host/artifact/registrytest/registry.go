package registrytest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// The registry's only user.
const (
	User     = "acme"
	Password = "a password of the registry"
)

// startTime is how long the registry may take until it answers.
const startTime = 30 * time.Second

// Registry is a running registry.
type Registry struct {
	Address string // host:port
	dir     string
	server  *exec.Cmd
	log     *os.File
}

// Start runs a registry that keeps all it has in a folder.
func Start(dir string) (*Registry, error) {
	address, err := free()
	if err != nil {
		return nil, err
	}
	config, err := configure(dir, address)
	if err != nil {
		return nil, err
	}
	r := &Registry{Address: address, dir: dir}
	if r.log, err = os.Create(filepath.Join(dir, "log")); err != nil {
		return nil, err
	}
	r.server = exec.Command("docker-registry", "serve", config)
	r.server.Stdout, r.server.Stderr = r.log, r.log
	if err := r.server.Start(); err != nil {
		return nil, fmt.Errorf("run docker-registry, which .ci/tools installs: %w", err)
	}
	if err := r.answers(); err != nil {
		r.Stop()
		return nil, err
	}
	return r, nil
}

// Stop ends the registry; a second time does nothing.
func (r *Registry) Stop() {
	if r.server.ProcessState != nil {
		return
	}
	_ = r.server.Process.Kill()
	_ = r.server.Wait()
	r.log.Close()
}

// Blob is the file in which the registry keeps the content with this digest.
func (r *Registry) Blob(digest string) string {
	hex := strings.TrimPrefix(digest, "sha256:")
	return filepath.Join(r.dir, "data", "docker", "registry", "v2", "blobs", "sha256", hex[:2], hex, "data")
}

func free() (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func configure(dir, address string) (string, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(Password), bcrypt.MinCost)
	if err != nil {
		return "", err
	}
	path, users := filepath.Join(dir, "config.yml"), filepath.Join(dir, "htpasswd")
	config := fmt.Sprintf(`version: 0.1
log: {level: info}
storage: {filesystem: {rootdirectory: %q}}
http: {addr: %q}
auth: {htpasswd: {realm: test, path: %q}}
`, filepath.Join(dir, "data"), address, users)
	if err := os.WriteFile(users, []byte(User+":"+string(hash)+"\n"), 0o600); err != nil {
		return "", err
	}
	return path, os.WriteFile(path, []byte(config), 0o600)
}

// answers waits until the registry takes connections.
func (r *Registry) answers() error {
	var err error
	dialer := net.Dialer{Timeout: time.Second}
	for deadline := time.Now().Add(startTime); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var c net.Conn
		if c, err = dialer.DialContext(context.Background(), "tcp", r.Address); err == nil {
			return c.Close()
		}
	}
	return fmt.Errorf("the registry doesn't answer: %w", err)
}
