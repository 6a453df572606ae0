package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// command is how to start a server.
type command struct {
	path   string
	args   []string
	env    []string
	dir    string
	issuer string
}

// server is one that runs.
type server struct {
	*exec.Cmd
	issuer string
	took   time.Duration // from its start to its first answer
	said   *bytes.Buffer
	ended  chan error
}

// startTime bounds a start. The first one of acrhost compiles the steps.
const startTime = time.Minute

// pinned says whether servers have one processor for themselves, and the users the others.
func pinned() bool {
	_, err := exec.LookPath("taskset")
	return err == nil && runtime.NumCPU() > 1
}

// pinUsers leaves the first processor to the servers.
func pinUsers() error {
	if !pinned() {
		return nil
	}
	others := fmt.Sprintf("1-%d", runtime.NumCPU()-1)
	said, err := exec.Command("taskset", "--all-tasks", "--pid", "--cpu-list", others, strconv.Itoa(os.Getpid())).CombinedOutput()
	if err != nil {
		return fmt.Errorf("pin the users: %w: %s", err, said)
	}
	runtime.GOMAXPROCS(runtime.NumCPU() - 1)
	return nil
}

// start runs a command until discovery answers.
func start(ctx context.Context, c command) (*server, error) {
	path, args := c.path, c.args
	if pinned() {
		path, args = "taskset", append([]string{"--cpu-list", "0", c.path}, c.args...)
	}
	s := &server{Cmd: exec.CommandContext(ctx, path, args...), issuer: c.issuer, said: &bytes.Buffer{}, ended: make(chan error, 1)}
	s.Dir, s.Env, s.Stdout, s.Stderr = c.dir, append(os.Environ(), c.env...), s.said, s.said
	began := time.Now()
	if err := s.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", c.path, err)
	}
	go func() { s.ended <- s.Wait() }()
	once := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Second}
	for time.Since(began) < startTime {
		select {
		case err := <-s.ended:
			return nil, fmt.Errorf("%s ended: %w\n%s", c.path, err, s.said)
		case <-time.After(time.Millisecond):
		}
		if answers(once, c.issuer+"/.well-known/openid-configuration") {
			s.took = time.Since(began)
			return s, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("%s does not answer within %s", c.path, startTime), s.stop())
}

func answers(c *http.Client, address string) bool {
	res, err := c.Get(address)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err == nil && res.StatusCode == http.StatusOK
}

// stop ends it. Who takes more than ten seconds is killed.
func (s *server) stop() error {
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		return nil // it has ended
	}
	select {
	case err := <-s.ended:
		if _, ok := errors.AsType[*exec.ExitError](err); ok {
			return nil // peers know no signals
		}
		return err
	case <-time.After(10 * time.Second):
		return errors.Join(errors.New("the server did not stop"), s.Process.Kill())
	}
}

// freeAddress is an address on the loopback interface where nobody listens.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// cpu is the time that a server has used so far, or 0 where /proc does not tell.
func (s *server) cpu() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.Process.Pid))
	if err != nil {
		return 0
	}
	// proc_pid_stat(5): utime and stime are the 14th and 15th field, the 12th and 13th
	// after the name, which may hold anything. They count in hundredths of a second.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// memory is what a server has in memory, in MiB, or 0 where /proc does not tell.
func (s *server) memory() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.Process.Pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), "VmRSS:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.Atoi(fields[0])
	return float64(kib) / 1024
}
