package rewrite_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/api"
)

// TestSpecification runs the specification's own test modules, which wazero's module
// carries, in all forms. Every call must give the same, and what it wrote must be
// reported; what is invalid must stay invalid.
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
	s := &specRun{e: newEngine(t)}
	s.e.spectest(t)
	for i, path := range scripts {
		if i%thin != 0 {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) { s.script(t, path) })
	}
	t.Logf("%+v", s.count)
	c := s.count
	if c.modules < 1400/thin/2 || c.restorable < 200/thin/2 || c.calls < 40_000/thin/2 || c.written < 250/thin/4 || c.invalid < 2800/thin/2 {
		t.Errorf("too few: the scripts were not understood")
	}
}

type specRun struct {
	e     *engine
	count specCount
}

// specCount is what was run. Needy modules need what a plugin can't have.
type specCount struct{ modules, restorable, calls, written, invalid, needy int }

// spectest makes the functions that scripts may import.
func (e *engine) spectest(t *testing.T) {
	b := e.NewHostModuleBuilder("spectest")
	for name, params := range map[string][]api.ValueType{
		"print": {}, "print_i32": {i32}, "print_i64": {i64}, "print_f32": {f32}, "print_f64": {f64},
		"print_i32_f32": {i32, f32}, "print_f64_f64": {f64, f64},
	} {
		b = b.NewFunctionBuilder().WithGoFunction(api.GoFunc(func(context.Context, []uint64) {}), params, nil).Export(name)
	}
	if _, err := b.Instantiate(t.Context()); err != nil {
		t.Fatal(err)
	}
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
	var f *family
	defer func() { f.close(t.Context()) }()
	for _, c := range sc.Commands {
		file := filepath.Join(filepath.Dir(path), c.Filename)
		switch c.Type {
		case "module":
			f.close(t.Context())
			f = s.module(t, file)
		case "assert_invalid", "assert_malformed":
			if strings.HasSuffix(file, ".wasm") {
				s.mustFail(t, file)
			}
		case "assert_return", "assert_trap", "assert_exhaustion", "action":
			if f != nil && c.Action.Type == "invoke" && c.Action.Module == "" {
				s.call(t, f, c)
			}
		}
	}
}

// module instantiates a module in all forms, or not at all where it needs imports.
func (s *specRun) module(t *testing.T, file string) *family {
	wasm, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.e.familyOf(t.Context(), wasm, wide, budget{math.MaxInt64, 20_000})
	if err != nil && f == nil {
		s.count.needy++
		return nil
	}
	if err != nil {
		f.close(t.Context())
		t.Fatalf("%s: %v", filepath.Base(file), err)
	}
	s.count.modules++
	if f.decoded.Restorable() == nil {
		s.count.restorable++
	}
	return f
}

func (s *specRun) call(t *testing.T, f *family, c command) {
	t.Helper()
	s.count.calls++
	var args []uint64
	for _, v := range c.Action.Args {
		args = append(args, v.bits(t)...)
	}
	r := f.compare(t, c.Action.Field, args)
	if string(f.old) != string(f.tracked.image()) {
		s.count.written++
	}
	if r.spent { // the script means to: as it is, the stack is at its end
		if r := f.plain.call(c.Action.Field, args); !strings.Contains(r.trap, "stack overflow") {
			t.Errorf("line %d: rewritten it ran out, as it is it gives %s", c.Line, r)
		}
	}
	if t.Failed() {
		t.Fatalf("line %d", c.Line)
	}
}

// mustFail holds that rewriting doesn't make an invalid module valid.
func (s *specRun) mustFail(t *testing.T, file string) {
	wasm, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s.count.invalid++
	for _, track := range []bool{false, true} {
		l := wide
		l.Track = track
		out, err := rewritten(wasm, l)
		if err != nil {
			return
		}
		if c, err := s.e.CompileModule(t.Context(), out); err == nil {
			c.Close(t.Context())
			t.Errorf("%s: invalid, but valid once rewritten (tracked: %v)", filepath.Base(file), track)
		}
	}
}
