package plugin

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin/guests"
)

// fuelEnv names the languages whose counts a second process is to print.
const fuelEnv = "ACRHOST_TEST_FUEL"

// TestFuelIsAFunctionOfWhatTheGuestIsTold starts a guest of each language anew and calls
// it, in several goroutines and in two processes, each time with the same randomness and
// the same time: it is the same number of instructions. With other randomness a Go guest
// takes others, as its runtime draws the seeds of its hash tables.
func TestFuelIsAFunctionOfWhatTheGuestIsTold(t *testing.T) {
	here := fuelCounts(t)
	t.Log(here)
	if os.Getenv(fuelEnv) != "" {
		fmt.Print(fuelEnv, " ", here, "\n")
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	again := exec.Command(program, "-test.run", "^"+t.Name()+"$")
	again.Env = append(os.Environ(), fuelEnv+"=1")
	out, err := again.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := fmt.Sprint(fuelEnv, " ", here, "\n"); !strings.Contains(string(out), want) {
		t.Errorf("this process counts %sanother one says\n%s", want, out)
	}
}

// fuelCounts are the counts of each language under two seeds.
func fuelCounts(t *testing.T) map[string][2]uint64 {
	folder, err := guests.Folder()
	if err != nil {
		t.Fatal(err)
	}
	// What the guests' own tests compiled: under the race detector a Go guest takes minutes.
	r, err := New(t.Context(), Config{CacheDir: filepath.Join(folder, "acrhost")})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(context.Background())
	counts := map[string][2]uint64{}
	for _, language := range guests.Languages() {
		m, err := r.Load(t.Context(), Spec{Name: language, Wasm: guests.Wasm(t, language+"-decide")})
		if err != nil {
			t.Fatal(err)
		}
		m.mode = Fresh // by the code that tracks, which is there
		counts[language] = [2]uint64{fuelOf(t, m, 1), fuelOf(t, m, 2)}
	}
	return counts
}

// fuelOf is what a start and a call take, which must be the same for several at once.
func fuelOf(t *testing.T, m *Module, seed byte) uint64 {
	counts := make([]uint64, 8)
	var group sync.WaitGroup
	for n := range counts {
		group.Go(func() {
			in := newInvocation(t.Context(), m.patient())
			noise := rand.NewChaCha8([32]byte{seed})
			in.noise = func(b []byte) { _, _ = noise.Read(b) }
			in.skew, in.stands = 20_000*24*time.Hour, true
			in.grant, in.input = &m.spec.Grant, []byte(`{"abi":"1.0","call":{"type":"decide"},"amr":["pwd","otp"]}`)
			stats, fault := m.run(in, entry{export: stepExport, argument: "step"})
			if fault != nil {
				t.Error(fault)
			}
			counts[n] = stats.FuelUsed
		})
	}
	group.Wait()
	for n, count := range counts {
		if count != counts[0] || count == 0 {
			t.Errorf("%s: call %d takes %d instructions, the first one %d", m.spec.Name, n, count, counts[0])
		}
	}
	return counts[0]
}
