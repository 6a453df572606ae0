package plugin_test

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
)

// TestImportsWithoutEnd holds that a refusal is no longer than somebody reads, however many
// imports are at fault, and also where something behind them can't be read.
func TestImportsWithoutEnd(t *testing.T) {
	const imports = 100_000
	section := slices.Concat(binary.AppendUvarint(nil, imports), []byte(strings.Repeat("\x00\x00\x03\x7f\x00", imports)))
	module := slices.Concat([]byte("\x00asm\x01\x00\x00\x00\x02"), binary.AppendUvarint(nil, uint64(len(section))), section)
	r := newRuntime(t, plugin.Config{})
	for _, behind := range []string{"", "\x0d\x01\x00"} {
		_, err := r.Load(t.Context(), plugin.Spec{Name: "bad", Wasm: append(slices.Clone(module), behind...)})
		refused(t, err, "is a global; only functions can be imported")
		if err != nil && len(err.Error()) > 64<<10 {
			t.Errorf("%d bytes", len(err.Error()))
		}
	}
}
