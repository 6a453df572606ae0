package guests_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/plugin/guests"
)

const secret = "the first sixteen bytes of this are looked for"

// report is what a canary answers.
type report struct {
	Found   int
	Random  string
	Random2 string
	Clock   int64
	Closed  int
}

func writing() []byte {
	return fmt.Appendf(nil, `{"call":{"type":"canary"},"config":{"do":"write","secret":%q}}`, secret)
}

func looking() []byte {
	needle := []byte(secret[:16])
	for i := range needle {
		needle[i] ^= 0x5a
	}
	return fmt.Appendf(nil, `{"call":{"type":"canary"},"config":{"do":"look","needle":"%x"}}`, needle)
}

func readReport(t *testing.T, output []byte, err error) report {
	t.Helper()
	var o struct{ Vars report }
	if err == nil {
		err = json.Unmarshal(output, &o)
	}
	if err != nil {
		t.Fatalf("%s: %v", output, err)
	}
	if age := time.Since(time.UnixMilli(o.Vars.Clock)); age < -time.Second || age > time.Minute {
		t.Errorf("the guest's clock is wrong by %v", age)
	}
	if len(o.Vars.Random) != 32 {
		t.Errorf("random is %q", o.Vars.Random)
	}
	return o.Vars
}

// TestCanarySingsWhereAnInstanceIsReused holds that the canary would find a leak: on a
// bare instance that is called twice it does.
func TestCanarySingsWhereAnInstanceIsReused(t *testing.T) {
	for _, language := range guests.Languages() {
		t.Run(language, func(t *testing.T) {
			call := reused(t, guests.Wasm(t, language+"-canary"))
			if r := readReport(t, call(looking()), nil); r.Found != 0 || r.Closed != 0 {
				t.Errorf("before the secret was written: %+v", r)
			}
			wrote := readReport(t, call(writing()), nil)
			looked := readReport(t, call(looking()), nil)
			if wrote.Found < 3 || looked.Found < 3 || looked.Closed != 2 {
				t.Errorf("after the secret was written: %+v, then %+v; want 3 places and more, and both descriptors closed", wrote, looked)
			}
		})
	}
}

func TestCanaryFindsNothingBetweenTwoCalls(t *testing.T) {
	for _, language := range guests.Languages() {
		r := newRuntime(t)
		for _, mode := range []plugin.Mode{plugin.Auto, plugin.Fresh, plugin.Restore, plugin.Prewarm} {
			t.Run(language+" "+string(mode), func(t *testing.T) {
				// Go's differs from instance to instance: only a promise lets it be restored.
				promise := language == "go" && mode == plugin.Restore
				m := load(t, r, plugin.Spec{Name: language + "-canary", Mode: mode, SnapshotSafe: promise})
				seen := map[string]bool{}
				for range 3 {
					random := writeAndLook(t, m)
					if promise {
						random = random[:2] // what was drawn at the start is the same again
					}
					for _, bytes := range random {
						if seen[bytes] && bytes != "" {
							t.Errorf("two calls got the random bytes %s", bytes)
						}
						seen[bytes] = true
					}
				}
			})
		}
	}
}

// writeAndLook makes two calls, and gives the random bytes that they got: those of
// random_get first.
func writeAndLook(t *testing.T, m *plugin.Module) []string {
	t.Helper()
	output, stats, err := m.Run(t.Context(), writing(), nil)
	wrote := readReport(t, output, err)
	output, after, err := m.Run(t.Context(), looking(), nil)
	looked := readReport(t, output, err)
	if wrote.Found < 3 || looked.Found != 0 || looked.Closed != 0 {
		t.Errorf("wrote %+v, then found %+v", wrote, looked)
	}
	if stats.MemoryBytes <= after.MemoryBytes {
		t.Errorf("writing left %d bytes of memory, looking %d: the memory did not grow", stats.MemoryBytes, after.MemoryBytes)
	}
	return []string{wrote.Random, looked.Random, wrote.Random2, looked.Random2}
}
