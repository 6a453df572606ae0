package rewrite_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/api"
)

// script is a test of the WebAssembly specification as wast2json writes it.
type script struct {
	Commands []struct {
		Type     string `json:"type"`
		Line     int    `json:"line"`
		Filename string `json:"filename"`
		Action   struct {
			Type   string  `json:"type"`
			Module string  `json:"module"`
			Field  string  `json:"field"`
			Args   []value `json:"args"`
		} `json:"action"`
	} `json:"commands"`
}

type value struct {
	Type     string          `json:"type"`
	LaneType string          `json:"lane_type"`
	Value    json.RawMessage `json:"value"`
}

// bits is the value as the engine takes it.
func (v value) bits(t *testing.T) []uint64 {
	if v.Type == "v128" {
		return v.lanes(t)
	}
	var s string
	if err := json.Unmarshal(v.Value, &s); err != nil {
		t.Fatal(err)
	}
	return []uint64{number(t, s, 64)}
}

func (v value) lanes(t *testing.T) []uint64 {
	width, err := strconv.Atoi(v.LaneType[1:])
	if err != nil {
		t.Fatal(err)
	}
	var lanes []string
	if err := json.Unmarshal(v.Value, &lanes); err != nil {
		t.Fatal(err)
	}
	var out [2]uint64
	for i, s := range lanes {
		bit := i * width
		out[bit/64] |= number(t, s, width) << (bit % 64)
	}
	return out[:]
}

func number(t *testing.T, s string, width int) uint64 {
	switch {
	case s == "null":
		return 0
	case strings.HasPrefix(s, "nan"):
		return math.MaxUint64 >> (64 - width)
	case strings.HasPrefix(s, "-"):
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return uint64(n) & (math.MaxUint64 >> (64 - width))
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestSpecification runs the specification's own test modules, which wazero's module
// carries, as they are and rewritten. Every call must give the same; what is invalid
// must stay invalid.
func TestSpecification(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "internal/integration_test/spectest/v2/testdata")
	scripts, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(scripts) < 100 {
		t.Fatalf("%d scripts in %s: %v", len(scripts), dir, err)
	}
	s := &specRun{plain: newEngine(t), bounded: newEngine(t)}
	for _, path := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) { s.script(t, path) })
	}
	t.Logf("%d modules, %d calls, %d invalid modules; %d modules need what a plugin can't have", s.modules, s.calls, s.invalid, s.skipped)
	if s.modules < 400 || s.calls < 10_000 || s.invalid < 1000 {
		t.Errorf("too few: the scripts were not understood")
	}
}

type specRun struct {
	plain, bounded                   *engine
	modules, calls, invalid, skipped int
}

func (s *specRun) script(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var sc script
	if err := json.Unmarshal(text, &sc); err != nil {
		t.Fatal(err)
	}
	var a, b api.Module
	closeBoth := func() {
		if a != nil {
			a.Close(t.Context())
			b.Close(t.Context())
		}
		a, b = nil, nil
	}
	defer closeBoth()
	for _, c := range sc.Commands {
		file := filepath.Join(filepath.Dir(path), c.Filename)
		switch c.Type {
		case "module":
			closeBoth()
			a, b = s.module(t, file)
		case "assert_invalid", "assert_malformed":
			if strings.HasSuffix(file, ".wasm") {
				s.mustFail(t, file)
			}
		case "assert_return", "assert_trap", "action":
			if a == nil || c.Action.Type != "invoke" || c.Action.Module != "" {
				continue
			}
			var args []uint64
			for _, v := range c.Action.Args {
				args = append(args, v.bits(t)...)
			}
			s.compare(t, a, b, c.Line, c.Action.Field, args)
		}
	}
}

// module instantiates a module twice, or not at all where it needs imports.
func (s *specRun) module(t *testing.T, file string) (a, b api.Module) {
	wasm, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	a, err = s.plain.instantiate(t.Context(), wasm)
	if err != nil {
		s.skipped++
		return nil, nil
	}
	small, err := rewritten(wasm, wide)
	if err != nil {
		t.Fatalf("%s: refused: %v", filepath.Base(file), err)
	}
	b, err = s.bounded.bounded(t.Context(), small, math.MaxInt64, 20_000)
	if err != nil {
		t.Fatalf("%s: rewritten: %v", filepath.Base(file), err)
	}
	s.modules++
	return a, b
}

func (s *specRun) compare(t *testing.T, a, b api.Module, line int, name string, args []uint64) {
	s.calls++
	call := func(m api.Module) ([]uint64, string) {
		results, err := m.ExportedFunction(name).Call(context.Background(), args...)
		return slices.Clone(results), firstLine(err)
	}
	wantResults, wantErr := call(a)
	gotResults, gotErr := call(b)
	if strings.Contains(wantErr, "stack overflow") && gotErr == "wasm error: unreachable" {
		b.ExportedGlobal("acrhost.depth").(api.MutableGlobal).Set(20_000)
		return // stopped earlier, by the depth
	}
	if wantErr != gotErr || !slices.Equal(wantResults, gotResults) {
		t.Errorf("line %d: %s%x gives %x %q, rewritten %x %q", line, name, args, wantResults, wantErr, gotResults, gotErr)
	}
}

// mustFail holds that rewriting doesn't make an invalid module valid.
func (s *specRun) mustFail(t *testing.T, file string) {
	wasm, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s.invalid++
	out, err := rewritten(wasm, wide)
	if err != nil {
		return
	}
	if c, err := s.bounded.CompileModule(t.Context(), out); err == nil {
		c.Close(t.Context())
		t.Errorf("%s: invalid, but valid once rewritten", filepath.Base(file))
	}
}
