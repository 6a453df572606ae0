package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// patience is how long a test waits for what comes in a moment on a machine that is quiet: a
// page, a line of the log, a logout that is tried a second time. Only a test that fails takes it.
const patience = time.Minute

// process is a running server; exited gets what Wait returned.
type process struct {
	*exec.Cmd
	exited chan error
}

// startServer runs acrhost serve, with more flags, with the config.toml of a folder and
// waits until discovery answers.
func startServer(command, dir string, env []string, issuer string, output *lockedBuffer, flags ...string) (*process, error) {
	args := append([]string{"serve", "--config", filepath.Join(dir, "config.toml")}, flags...)
	server := &process{exec.Command(command, args...), make(chan error, 1)}
	server.Dir, server.Env = dir, env
	server.Stdout, server.Stderr = output, output
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	go func() { server.exited <- server.Wait() }()
	for deadline := time.Now().Add(2 * patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		select {
		case err := <-server.exited:
			return nil, fmt.Errorf("the server ended: %w\n%s", err, output)
		default:
		}
		if answers(issuer + "/.well-known/openid-configuration") {
			return server, nil
		}
	}
	return nil, fmt.Errorf("the server does not answer (%w):\n%s", server.crash(), output)
}

func answers(address string) bool {
	res, err := http.Get(address)
	if err != nil {
		return false
	}
	res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// stop asks the server to end, as a service manager does, and waits.
func (p *process) stop() error {
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("signal the server: %w", err)
	}
	return <-p.exited
}

// crash ends the server without warning.
func (p *process) crash() error {
	if err := p.Process.Kill(); err != nil {
		return fmt.Errorf("kill the server: %w", err)
	}
	if err := <-p.exited; err == nil {
		return errors.New("the server had ended by itself")
	}
	return nil
}

// lockedBuffer collects a process's output while a test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
