package host_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/hosttest"
)

// attacks are hostile guests of the plugin runtime's own tests, and how many browsers begin
// logins on each at once. Those that use up what they get come in crowds. Of those that end
// at once there is one, one after the other: a crowd of them is a flood of requests, with
// or without guests.
func attacks() map[string]int {
	return map[string]int{
		"endless_loop": 8, "call_tree": 8, "endless_start": 8, "fill_loop": 8, "copy_loop": 8, "table_fill_loop": 8, "growth_in_start": 8,
		"host_call_loop": 8, "log_flood": 8, "random_flood": 8, "long_sleep": 8, "short_sleeps": 8,
		"memory_growth": 1, "table_growth": 1, "deep_recursion": 1, "fat_recursion": 1, "gigabyte_output": 1,
	}
}

// TestLoginsKeepTheirLatency measures whole logins over HTTP, alone and while others are
// on a journey with a hostile step, for each kind of attack. Within a few rounds the p99
// must stay within twice of what it was. It can only be held of a round in which other
// processes left this one the processors; else it is logged.
func TestLoginsKeepTheirLatency(t *testing.T) {
	if runtime.GOMAXPROCS(0) < 2 {
		t.Skip("one processor can't be kept free of attackers")
	}
	if raceDetector {
		t.Skip("the race detector takes the time that is measured")
	}
	names := slices.Sorted(maps.Keys(attacks()))
	issuer := besieged(t, names)
	measure(t, issuer) // the first logins are slower
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			const rounds = 5
			for round := range rounds {
				before := measure(t, issuer)
				stop := assault(t, issuer, name, attacks()[name])
				during := measure(t, issuer)
				ended := stop()
				t.Logf("alone p50 %v, p99 %v; attacked p50 %v, p99 %v; attacks that ended: %d; others had the processors: %v",
					before.p50, before.p99, during.p50, during.p99, ended, before.starved)
				switch {
				case during.p99 <= 2*before.p99, before.starved:
					return
				case round == rounds-1:
					t.Errorf("the p99 of a login was %v, and is %v", before.p99, during.p99)
				}
			}
		})
	}
}

// besieged serves a provider with a client for logins without a password, the victim's,
// and one for each attack, whose journey is one hostile step.
func besieged(t *testing.T, attacks []string) (issuer string) {
	t.Helper()
	standard, err := filepath.Abs("../plugins/dist/standard.wasm")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var text strings.Builder
	fmt.Fprintf(&text, `issuer = "http://localhost:8080"
[demo]
enabled = true
[[demo.users]]
name = "alice"
password = "correct horse battery staple"
[plugins.standard]
path = %q
[[clients]]
id = "victim"
redirect_uris = ["http://127.0.0.1:5555/callback"]
journey = "quick"
[journeys.quick]
start = "who"
insecure_allow_no_evidence = true
[journeys.quick.steps.who]
use = "standard/identify"
next = { ok = "level", unknown = "@failure" }
[journeys.quick.steps.level]
use = "standard/set-acr"
config.acr = "1"
next = { ok = "@success" }
`, standard)
	for _, name := range attacks {
		hostile(t, name, dir)
		fmt.Fprintf(&text, `
[plugins.%[1]s]
path = "%[1]s.wasm"
insecure_allow_unpinned = true
breaker.failures = 1_000_000 # who is left alone attacks nobody
[[clients]]
id = %[1]q
redirect_uris = ["http://127.0.0.1:5555/callback"]
journey = %[1]q
[journeys.%[1]s]
start = "attack"
insecure_allow_no_evidence = true
[journeys.%[1]s.steps.attack]
use = "%[1]s/attack"
next = { ok = "@success" }
`, name)
	}
	file := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := hosttest.Load(t, file)
	for _, name := range attacks {
		p := cfg.Plugins[name]
		p.Limits.Timeout = 300 * time.Millisecond // so that the test can end
		cfg.Plugins[name] = p
	}
	return hosttest.Run(t, cfg, nil)
}

// hostile puts a hostile guest into a folder, with a manifest, so that a journey can name
// it.
func hostile(t *testing.T, name, dir string) {
	t.Helper()
	to := filepath.Join(dir, name+".wasm")
	if out, err := exec.CommandContext(t.Context(), "wat2wasm", "plugin/testdata/"+name+".wat", "-o", to).CombinedOutput(); err != nil {
		t.Fatalf("wat2wasm: %v\n%s", err, out)
	}
	bare, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := artifact.Pack(bare, []byte(`{"name":"com.example.hostile","version":"1.0.0","steps":{"attack":{"outcomes":["ok"]}}}`))
	if err == nil {
		err = os.WriteFile(to, packed, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// latency is of whole logins, one after the other.
type latency struct {
	p50, p99 time.Duration
	starved  bool // others had the processors for more than a twentieth of the time
}

// measure logs alice in many times, each in a new browser: from the request of the client,
// over a page that is filled in, to the tokens.
func measure(t *testing.T, issuer string) latency {
	t.Helper()
	const logins = 100
	party, err := hosttest.NewParty(t.Context(), issuer, "victim", "", "http://127.0.0.1:5555/callback")
	if err != nil {
		t.Fatal(err)
	}
	var times [logins]time.Duration
	waited, all := runDelay(), time.Now()
	for n := range times {
		alice, err := hosttest.NewPerson(issuer, "alice", "")
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		answer, err := alice.LogIn(t.Context(), party, nil)
		times[n] = time.Since(began)
		if err != nil || answer.String() != "username: 1" {
			t.Fatalf("the victim's login: %v, %v", answer, err)
		}
	}
	starved := runDelay()-waited > time.Since(all)/20
	slices.Sort(times[:])
	return latency{times[logins/2].Round(time.Microsecond), times[logins*99/100].Round(time.Microsecond), starved}
}

// runDelay is how long the process's threads have waited for a processor so far.
func runDelay() (total time.Duration) {
	list, err := filepath.Glob("/proc/self/task/*/schedstat")
	if err != nil {
		return 0
	}
	for _, path := range list {
		var ran, waited time.Duration
		if text, err := os.ReadFile(path); err == nil { // else the thread has ended
			_, _ = fmt.Sscan(string(text), &ran, &waited)
		}
		total += waited
	}
	return total
}

// assault has several browsers begin logins on a hostile journey, one after the other, until
// stop. It says how many ended.
func assault(t *testing.T, issuer, client string, browsers int) (stop func() int64) {
	t.Helper()
	party, err := hosttest.NewParty(t.Context(), issuer, client, "", "http://127.0.0.1:5555/callback")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	var ended atomic.Int64
	for range browsers {
		group.Go(func() {
			for ctx.Err() == nil {
				b, err := hosttest.NewBrowser(issuer)
				if err != nil {
					return
				}
				if _, err := b.Get(party.Begin(nil).URL); err == nil {
					ended.Add(1)
				}
			}
		})
	}
	return func() int64 { cancel(); group.Wait(); return ended.Load() }
}
