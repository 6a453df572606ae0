package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	idleLimit  = 64 << 20 // bytes resident, of a host that has nothing to do
	startLimit = 200 * time.Millisecond
	starts     = 5
)

// TestFootprint holds bin/acrhost, which make build makes, with the shipped configuration
// and compiled code in the cache to what README says: what it takes in memory, when it has
// just started and when it is idle again after logins, and how long until it is ready.
// The time can only be held where others left it the processors; else it is logged.
func TestFootprint(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector takes the time that is measured")
	}
	s := newShipped(t)
	server := s.start(t) // which fills the cache, if it has to
	server.stop(t)
	best := slices.MinFunc(s.starts(t), func(a, b started) int { return int(a.took - b.took) })
	t.Logf("ready after %v, %v of them on processors, %v waiting for one", best.took.Round(time.Millisecond), best.ran.Round(time.Millisecond), best.waited.Round(time.Millisecond))
	if best.took > startLimit && best.waited < best.took/20 {
		t.Errorf("ready after %v, the limit is %v", best.took, startLimit)
	}
	server = s.start(t)
	defer server.stop(t)
	server.idles(t, "just started", 3*time.Second)
	for range 3 {
		logInAtBank(t, s.issuer)
	}
	server.idles(t, "idle after logins", 33*time.Second)
}

// shipped is the shipped configuration in a folder of its own, on a free port.
type shipped struct{ dir, binary, issuer string }

func newShipped(t *testing.T) shipped {
	t.Helper()
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	s := shipped{t.TempDir(), absolute(t, "../../bin/acrhost"), "http://localhost:" + address[strings.LastIndex(address, ":")+1:]}
	if _, err := os.Stat(s.binary); err != nil {
		t.Fatalf("run make build first: %v", err)
	}
	text, err := os.ReadFile("../../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.NewReplacer("http://localhost:8080", s.issuer, "127.0.0.1:8080", address,
		"plugins/dist/standard.wasm", standardPlugin(t)).Replace(string(text)))
	if err := os.WriteFile(filepath.Join(s.dir, "config.toml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// running is bin/acrhost as a process, and started what its start took.
type running struct {
	*exec.Cmd
	issuer string
	start  started
}

type started struct{ took, ran, waited time.Duration }

// starts starts and stops it a few times.
func (s shipped) starts(t *testing.T) (all []started) {
	t.Helper()
	for range starts {
		server := s.start(t)
		server.stop(t)
		all = append(all, server.start)
	}
	return all
}

// start runs it, until it says that it serves.
func (s shipped) start(t *testing.T) *running {
	t.Helper()
	r := &running{exec.Command(s.binary, "serve", "--config", filepath.Join(s.dir, "config.toml")), s.issuer, started{}}
	r.Env = append(os.Environ(), "XDG_CACHE_HOME="+absolute(t, "../../.cache"))
	output := &greeting{ready: make(chan struct{})}
	r.Stdout, r.Stderr = output, &output.log
	began := time.Now()
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-output.ready:
	case <-time.After(2 * time.Minute):
		t.Fatalf("it does not serve: %v\n%s", r.Process.Kill(), &output.log)
	}
	r.start.took = time.Since(began)
	r.start.ran, r.start.waited = r.scheduled(t)
	return r
}

func (r *running) stop(t *testing.T) {
	t.Helper()
	if err := r.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := r.Wait(); err != nil {
		t.Error(err)
	}
}

// scheduled is how long its threads had processors, and how long they waited for them.
func (r *running) scheduled(t *testing.T) (ran, waited time.Duration) {
	t.Helper()
	list, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", r.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range list {
		var a, b time.Duration
		if text, err := os.ReadFile(path); err == nil { // else the thread has ended
			_, _ = fmt.Sscan(string(text), &a, &b)
		}
		ran, waited = ran+a, waited+b
	}
	return ran, waited
}

// idles leaves it alone for a while, and then takes the most that it has in memory during
// two seconds.
func (r *running) idles(t *testing.T, when string, long time.Duration) {
	t.Helper()
	const every = 100 * time.Millisecond
	time.Sleep(long)
	most := 0
	for range 2 * time.Second / every {
		most = max(most, r.resident(t))
		time.Sleep(every)
	}
	t.Logf("%s: %.1f MiB resident", when, float64(most)/(1<<20))
	if most > idleLimit {
		t.Errorf("%s: %.1f MiB resident, the limit is %d", when, float64(most)/(1<<20), idleLimit>>20)
	}
}

// resident is how many of its bytes are in memory.
func (r *running) resident(t *testing.T) (bytes int) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(text), "VmRSS:")
	if _, err := fmt.Sscan(line, &bytes); err != nil {
		t.Fatal(err)
	}
	return bytes << 10
}

// greeting reads what serve prints when it is ready.
type greeting struct {
	log   lockedBuffer
	seen  bytes.Buffer
	ready chan struct{}
	done  bool
}

func (g *greeting) Write(p []byte) (int, error) {
	g.seen.Write(p)
	if !g.done && bytes.Contains(g.seen.Bytes(), []byte("acrhost serves")) {
		g.done = true
		close(g.ready)
	}
	return len(p), nil
}
