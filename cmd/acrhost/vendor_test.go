package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/acrhost/acrhost/host/artifact/registrytest"
	"github.com/acrhost/acrhost/host/hosttest"
)

// vendorStory is a copy of examples/vendor-plugin with a registry and a risk service of
// the test's own.
type vendorStory struct {
	*testing.T
	dir, project string
	local        *strings.Replacer
	score        atomic.Value // what the service answers, JSON; "": it is down
	asked        atomic.Value // what it was asked last
}

func newVendorStory(t *testing.T) *vendorStory {
	s := &vendorStory{T: t, dir: t.TempDir(), project: absolute(t, "../../examples/vendor-plugin/plugin")}
	s.score.Store("")
	registry, err := registrytest.Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Stop)
	service := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(service.Close)
	s.local = strings.NewReplacer(
		"127.0.0.1:5000", registry.Address, "http://127.0.0.1:8099", service.URL,
		"../../plugins/dist/standard.wasm", standardPlugin(t),
		`listen = "127.0.0.1:8080"`, `listen = "127.0.0.1:0"`+"\ncache_dir = \""+absolute(t, "../../.cache/acrhost")+`"`,
	)
	config, err := os.ReadFile("../../examples/vendor-plugin/config.toml")
	if err != nil {
		t.Fatal(err)
	}
	s.write("config.toml", s.local.Replace(string(config)))
	login, err := dockerConfig(registry.Address)
	if err != nil {
		t.Fatal(err)
	}
	s.write("docker/config.json", string(login)) // check and serve ask for no password
	t.Setenv("DOCKER_CONFIG", filepath.Join(s.dir, "docker"))
	for _, v := range toolchains(t) {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	return s
}

func (s *vendorStory) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.asked.Store(r.Method + " " + r.URL.Path + " " + string(body))
	score, _ := s.score.Load().(string)
	if score == "" {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintf(w, `{"score": %s}`, score)
}

func (s *vendorStory) write(name, text string) {
	s.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
}

// follow runs the commands of a block of the example's page.
func (s *vendorStory) follow(marker, folder string) {
	s.Helper()
	for line := range strings.Lines(markedBlock(s.T, "../../examples/vendor-plugin/README.md", marker)) {
		args := strings.Fields(s.local.Replace(line))
		if len(args) < 2 || args[0] != "acrhost" {
			s.Fatalf("not a command of acrhost: %s", line)
		}
		if output, err := s.run(folder, args[1:]); err != nil {
			s.Fatalf("%s: %v\n%s", line, err, output)
		}
	}
}

// run runs acrhost, logged in where it talks to the registry.
func (s *vendorStory) run(folder string, args []string) (string, error) {
	s.Helper()
	if args[0] != "plugin" || !slices.Contains([]string{"push", "lock", "diff"}, args[1]) {
		return acrhostWith(s.T, folder, "", args...)
	}
	return acrhostWith(s.T, folder, registrytest.Password, append(args, "--username", registrytest.User, "--password-stdin")...)
}

// TestVendorPlugin does all that the page of examples/vendor-plugin tells, as the vendor
// and as the bank, up to logins that the plugin's word decides.
func TestVendorPlugin(t *testing.T) {
	compilesModules(t)
	s := newVendorStory(t)
	s.follow("vendor-build", filepath.Dir(s.project))
	module, err := os.ReadFile(filepath.Join(s.project, "risk.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	s.write("plugin/risk.wasm", string(module))
	s.follow("vendor-ship", s.dir)
	s.follow("vendor-lock", s.dir)

	site := hosttest.Open(t, filepath.Join(s.dir, "config.toml"))
	for _, row := range []struct{ score, want string }{
		{"0.1", "password: 1.0"},
		{"0.6", "password, sms: 2.0"},
		{"0.95", "password, read: access_denied"},
		{"", "password, sms: 2.0"},
		{"7", "password, sms: 2.0"},
	} {
		s.score.Store(row.score)
		got := site.LogIn(t, site.Person(t, "alice"), "app")
		if got.String() != row.want {
			t.Errorf("score %q: got %s, want %s", row.score, got.String(), row.want)
		}
	}
	s.knowsNoMore()
	s.grantedOneURL()
	s.updates(module)
}

// grantedOneURL holds that the plugin may ask the one URL and nothing else of the service.
func (s *vendorStory) grantedOneURL() {
	s.Helper()
	config, err := os.ReadFile(filepath.Join(s.dir, "config.toml"))
	if err != nil {
		s.Fatal(err)
	}
	for _, path := range []string{"/v1/score/", "/v1/score?all=1", "/v1/scores", "/v1/%73core", "/v1/../v1/score", "/admin"} {
		s.write("config.toml", strings.Replace(string(config), `/v1/score"`+"\nconfig.high", path+`"`+"\nconfig.high", 1))
		output, err := acrhostWith(s.T, s.dir, "", "check")
		if err == nil || !strings.Contains(output, "acme/score fetches") || !strings.Contains(output, "the plugin acme may not") {
			s.Errorf("%s: %v\n%s", path, err, output)
		}
	}
	s.write("config.toml", string(config))
}

// updates does what the page says of an update: a version of the module that takes the
// address from another setting stops check and serve, with that, until it is locked.
func (s *vendorStory) updates(module []byte) {
	s.Helper()
	config, err := os.ReadFile(filepath.Join(s.dir, "config.toml"))
	if err != nil {
		s.Fatal(err)
	}
	const older, more = "acme/risk:1.4.2", "fetches POST config/uri"
	module = bytes.ReplaceAll(module, []byte("1.4.2"), []byte("1.5.0"))
	s.write("plugin/risk.wasm", string(bytes.ReplaceAll(module, []byte("POST config/url"), []byte("POST config/uri"))))
	s.write("config.toml", strings.Replace(string(config), older, "acme/risk:1.5.0", 1))
	at := s.local.Replace("oci+http://127.0.0.1:5000/acme/risk:")
	for _, step := range []struct {
		command, says string
		fails         bool
	}{
		{"plugin pack plugin/risk.wasm", "", false},
		{"plugin sign plugin/risk.wasm --key acme.key.jwk", "signed com.acme.risk 1.5.0", false},
		{"plugin push plugin/risk.wasm " + at + "1.5.0", "pushed", false},
		{"check", `version "1.5.0" asks for more than the locked "1.4.2": ` + more, true},
		{"serve", `version "1.5.0" asks for more than the locked "1.4.2": ` + more, true},
		{"plugin diff " + at + "1.4.2 " + at + "1.5.0", "asks for step score: " + more, true},
		{"plugin lock", "asks for " + more, false},
		{"check", "no faults", false},
	} {
		output, err := s.run(s.dir, strings.Fields(step.command))
		if (err != nil) != step.fails || !strings.Contains(output, step.says) {
			s.Errorf("%s: %v\n%s", step.command, err, output)
		}
	}
}

// knowsNoMore holds that the vendor's service was told what the page says, and no more.
func (s *vendorStory) knowsNoMore() {
	s.Helper()
	asked, _ := s.asked.Load().(string)
	document, ok := strings.CutPrefix(asked, "POST /v1/score ")
	var members map[string]string
	if err := json.Unmarshal([]byte(document), &members); !ok || err != nil {
		s.Fatalf("the service was asked %q: %v", asked, err)
	}
	if len(members) != 2 || members["client"] != "app" || members["subject"] == "" || members["subject"] == "alice" {
		s.Errorf("the service was told %v", members)
	}
}
