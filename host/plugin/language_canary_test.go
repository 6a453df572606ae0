package plugin_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/plugin/guests"
)

// TestCanariesOfEveryLanguage has callers that write a secret and callers that look for
// it call the same module at the same time, and one after the other: none finds it,
// nobody's standard output is closed, and no two get the same randomness.
func TestCanariesOfEveryLanguage(t *testing.T) {
	const secret = "what only one login may know"
	needle := []byte(secret[:16])
	for i := range needle {
		needle[i] ^= 0x5a
	}
	write := fmt.Appendf(nil, `{"call":{"type":"canary"},"config":{"do":"write","secret":%q}}`, secret)
	look := fmt.Appendf(nil, `{"call":{"type":"canary"},"config":{"do":"look","needle":"%x"}}`, needle)
	type report struct {
		Found           int
		Random, Random2 string
		Clock           int64
		Closed          int
	}
	// What the guests' own tests compiled, and this one without the race detector: under it a
	// Go guest takes a minute.
	folder, err := guests.Folder()
	if err != nil {
		t.Fatal(err)
	}
	r := newRuntime(t, plugin.Config{CacheDir: filepath.Join(folder, "acrhost")})
	for _, language := range guests.Languages() {
		for _, mode := range everyMode() {
			t.Run(language+"/"+string(mode), func(t *testing.T) {
				// Go draws at its start, and is restored by the operator's word only; then
				// math/rand/v2 says the same in every call.
				promise := language == "go" && mode == plugin.Restore
				m := load(t, r, plugin.Spec{Wasm: guests.Wasm(t, language+"-canary"), Mode: mode, SnapshotSafe: promise})
				var mu sync.Mutex
				seen := map[string]bool{}
				call := func(document []byte, least, most int) {
					began := time.Now()
					out, _, err := m.Run(t.Context(), document, nil)
					took := time.Since(began)
					var o struct{ Vars report }
					if err == nil {
						err = json.Unmarshal(out, &o)
					}
					mu.Lock()
					defer mu.Unlock()
					v := o.Vars
					if err != nil || v.Found < least || v.Found > most || v.Closed != 0 {
						t.Errorf("%.60s: found %d, closed %d, %v", document, v.Found, v.Closed, err)
						return
					}
					if off := began.Sub(time.UnixMilli(v.Clock)); off > time.Second || off < -took-time.Second {
						t.Errorf("the clock is off by %v", off)
					}
					if promise {
						v.Random2 = ""
					}
					for _, random := range []string{v.Random, v.Random2} {
						if seen[random] && random != "" {
							t.Errorf("two calls got the random bytes %s", random)
						}
						seen[random] = true
					}
				}
				var group sync.WaitGroup
				for n := range 4 {
					group.Go(func() {
						for range 2 {
							if n%2 == 0 {
								call(write, 3, 1<<30)
							}
							call(look, 0, 0)
						}
					})
				}
				group.Wait()
			})
		}
	}
}
