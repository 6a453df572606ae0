package plugin

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin/guests"
)

// fuelChild makes the test binary a child that only prints what calls cost.
const fuelChild = "ACRHOST_TEST_FUEL_CHILD"

// fuelDocument is what a decide guest is asked; its maps have the guest hash something.
const fuelDocument = `{"abi":"1.0","call":{"id":"c_1","type":"decide","step":"s","attempt":1,"now":"2026-11-23T07:00:00Z","interactive":true},
 "config":{},"amr":["pwd","otp"],"subject":{"id":"u","username":"jane","claims":{"name":"Jane","email":"j@example.com","groups":["staff","finance"],"a":1,"b":2,"c":3}},
 "vars":{"risk":0.12,"office":"inside","more":{"d":1,"e":2}},"upstream":{},"state":null}`

// TestFuelIsAFunction holds that what a call costs, the start of its instance included,
// is a function of the module, the input and what the host answers: with the same bytes
// for randomness and the same clocks it is the same number in every call, in every
// process and on any number of processors. Of these answers only guests in Go depend, by
// the bytes that they seed their hash tables with.
func TestFuelIsAFunction(t *testing.T) {
	want := fuelOfCalls(t)
	if os.Getenv(fuelChild) != "" {
		fmt.Println("fuel:", want)
		return
	}
	for _, processors := range []int{1, 2, 4} {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFuelIsAFunction$", "-test.count=1")
		child.Env = append(os.Environ(), fuelChild+"=1", fmt.Sprint("GOMAXPROCS=", processors))
		out, err := child.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if !strings.Contains(string(out), "fuel: "+want+"\n") {
			t.Errorf("another process, with %d processors, says %s\nthis one %s", processors, out, want)
		}
	}
}

// fuelOfCalls is what calls of guests in several languages cost with given answers, each
// made more than once, from several goroutines at a time.
func fuelOfCalls(t *testing.T) string {
	t.Helper()
	folder, err := guests.Folder()
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(t.Context(), Config{CacheDir: filepath.Join(folder, "acrhost")})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(context.Background())
	var all []string
	for _, language := range guests.Languages() {
		m, err := r.Load(t.Context(), Spec{
			Name: language + "-decide", Wasm: guests.Wasm(t, language+"-decide"), Grant: Grant{All: true}, Mode: Fresh,
			Limits: Limits{Timeout: time.Minute},
		})
		if err != nil {
			t.Fatal(err)
		}
		for seed := range byte(3) {
			all = append(all, fmt.Sprint(language, seed, "=", fuelOf(t, m, seed)))
		}
	}
	return strings.Join(all, " ")
}

// fuelOf is what a call costs with the randomness and the clocks of a seed.
func fuelOf(t *testing.T, m *Module, seed byte) uint64 {
	t.Helper()
	const calls = 8
	costs := make(chan uint64, calls)
	for range calls {
		go func() {
			in := newInvocation(context.Background(), &m.spec.Limits)
			in.input = []byte(fuelDocument)
			foretell(in, seed)
			stats, fault := m.run(in, entry{export: stepExport, argument: "step"})
			if fault != nil {
				t.Errorf("%s: %v", m.spec.Name, fault)
			}
			costs <- stats.FuelUsed
		}()
	}
	first := <-costs
	for range calls - 1 {
		if cost := <-costs; cost != first {
			t.Errorf("%s with the answers %d cost %d once, and %d once", m.spec.Name, seed, first, cost)
		}
		runtime.GC()
	}
	return first
}

// foretell makes all that a guest can learn beside its input depend on a seed alone. The
// clocks go on by a microsecond each time that they are looked at.
func foretell(in *invocation, seed byte) {
	chance := rand.NewChaCha8([32]byte{seed})
	in.chance = func(b []byte) { _, _ = chance.Read(b) }
	now := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC).Add(time.Duration(seed) * time.Hour).UnixNano()
	in.clocks = func(id uint32) (int64, bool) {
		now += int64(time.Microsecond)
		return now, id <= 1
	}
}
