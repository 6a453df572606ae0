package host_test

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// apacheProgram is not on everybody's path.
const apacheProgram = "/usr/sbin/apache2"

// nobody is who Apache runs as where the test is root: nothing here needs more.
const nobody = 65534

// startApache serves testdata/apache at an address of the loopback interface, as one
// process in the foreground, for as long as the test runs.
func startApache(t *testing.T, address, issuer string) {
	t.Helper()
	dir := apacheFolder(t)
	conf, err := filepath.Abs("testdata/apache/apache.conf")
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command(apacheProgram, "-X", "-f", conf)
	server.Dir = dir
	// Nothing of the test's own environment: a proxy in it would be asked for the provider.
	server.Env = []string{"PATH=/usr/bin:/bin", "ISSUER=" + issuer, "ADDRESS=" + address, "DIR=" + dir, "SECRET=" + apacheSecret, "TMPDIR=" + dir}
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	server.Stdout, server.Stderr = log, log
	if os.Geteuid() == 0 {
		give(t, dir)
		server.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	if err := server.Start(); err != nil {
		t.Fatalf("run Apache, which .ci/tools installs: %v", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = server.Wait() // what it says is in the log
		close(ended)
	}()
	t.Cleanup(func() { endApache(t, server, ended, log.Name()) })
	awaitApache(t, "http://"+address+"/public", ended)
}

// apacheFolder has the pages, each of which reads as its name.
func apacheFolder(t *testing.T) string {
	t.Helper()
	// The test's own folders are inside one that only their owner can enter.
	dir, err := os.MkdirTemp("", "acrhost-apache-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	site := filepath.Join(dir, "site")
	if err := os.Mkdir(site, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"home", "public", "payments", "vault", "forbidden", "unauthorized", "beyond"} {
		if err := os.WriteFile(filepath.Join(site, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// give makes a folder nobody's.
func give(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, nobody, nobody)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func awaitApache(t *testing.T, address string, ended chan struct{}) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if res, err := http.Get(address); err == nil {
			res.Body.Close()
			return
		}
		select {
		case <-ended:
			t.Fatal("Apache ended")
		default:
		}
	}
	t.Fatal("Apache does not answer")
}

func endApache(t *testing.T, server *exec.Cmd, ended chan struct{}, log string) {
	t.Helper()
	_ = server.Process.Signal(syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		_ = server.Process.Kill()
		<-ended
	}
	if said, err := os.ReadFile(log); t.Failed() {
		t.Logf("Apache said:\n%s%v", said, err)
	}
}

// freeAddress is a port of the loopback interface that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
