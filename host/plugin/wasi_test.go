package plugin_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// TestNoFiles holds that a guest can't open a file, nor close the output of the call or of
// the next one, in any mode: every other answer than the expected one is a trap.
func TestNoFiles(t *testing.T) {
	s := plugin.Spec{Wasm: watFile(t, "wasi_surface.wat")}
	inEveryMode(t, newRuntime(t, plugin.Config{}), s, "", func(t *testing.T, m *plugin.Module) {
		for range 3 {
			res, err := m.Call(t.Context(), abi.Input{}, nil)
			if err != nil || res.Output.Outcome != "ok" {
				t.Errorf("got %+v, %v", res.Output, err)
			}
		}
	})
}

// goGuest builds a guest with the Go toolchain.
func goGuest(t *testing.T, source string, flags ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module guest\n\ngo 1.26\n", "main.go": source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "guest.wasm")
	build := exec.Command("go", append([]string{"build", "-trimpath", "-ldflags=-s -w", "-o", out}, append(flags, ".")...)...)
	build.Dir = dir
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=", "GOWORK=off")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, text)
	}
	wasm, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// reactorSource uses what Go's runtime brings: the collector, a timer, a goroutine,
// standard error, and a panic where it is asked for one.
const reactorSource = `package main

import (
	"os"
	"strings"
	"time"
	"unsafe"
)

//go:wasmimport acrhost_v1 input_len
func inputLen() uint32

//go:wasmimport acrhost_v1 input_read
func inputRead(p unsafe.Pointer, n, off uint32) uint32

//go:wasmimport acrhost_v1 output_write
func outputWrite(p unsafe.Pointer, n uint32)

func write(s string) { outputWrite(unsafe.Pointer(unsafe.StringData(s)), uint32(len(s))) }

//go:wasmexport acrhost_describe_v1
func describe() uint32 {
	write(` + "`" + `{"name":"com.example.go","version":"1","steps":{"go":{"outcomes":["ok"]}}}` + "`" + `)
	return 0
}

//go:wasmexport acrhost_step_v1
func run() uint32 {
	in := make([]byte, inputLen())
	inputRead(unsafe.Pointer(unsafe.SliceData(in)), uint32(len(in)), 0)
	if strings.Contains(string(in), "please panic") {
		panic("as you wish")
	}
	done := make(chan string)
	go func() { time.Sleep(time.Millisecond); done <- "ok" }()
	os.Stderr.WriteString("hello\n")
	write("{\"outcome\":\"" + <-done + "\"}")
	return 0
}

func main() {}
`

func TestGoReactor(t *testing.T) {
	withoutRaceDetector(t)
	m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{Wasm: goGuest(t, reactorSource, "-buildmode=c-shared")})
	if m.Manifest().Name != "com.example.go" {
		t.Fatalf("manifest %+v, %v", m.Manifest(), m.Undescribed())
	}
	res, err := m.Call(t.Context(), abi.Input{Call: abi.Call{Type: "go"}}, nil)
	if err != nil || res.Output.Outcome != "ok" {
		t.Fatalf("got %+v, %v, logs %v", res.Output, err, res.Stats.Logs)
	}
	if len(res.Stats.Logs) != 1 || res.Stats.Logs[0].Message != "hello" {
		t.Errorf("logs %v", res.Stats.Logs)
	}
	res, err = m.Call(t.Context(), abi.Input{Call: abi.Call{Type: "go"}, Vars: map[string]any{"x": "please panic"}}, nil)
	// Go 1.26 prints a panic in an export, then traps while it walks the stack, with or
	// without the rewriter.
	if failed := failure(t, err); failed.Class != plugin.Trap {
		t.Errorf("got %v", err)
	}
	if len(res.Stats.Logs) == 0 || res.Stats.Logs[0].Message != "panic: as you wish" {
		t.Errorf("logs %v", res.Stats.Logs)
	}
}

const commandSource = `package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	if os.Args[1] == "describe" {
		fmt.Println(` + "`" + `{"name":"com.example.command","version":"1","steps":{"go":{"outcomes":["ok"]}}}` + "`" + `)
		return
	}
	in, err := io.ReadAll(os.Stdin)
	if _, missing := os.Open("/etc/passwd"); err != nil || len(in) == 0 || missing == nil || len(os.Environ()) > 0 {
		os.Exit(1)
	}
	fmt.Println(` + "`" + `{"outcome":"ok"}` + "`" + `)
}
`

func TestGoCommand(t *testing.T) {
	withoutRaceDetector(t)
	m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{Wasm: goGuest(t, commandSource)})
	if m.Manifest().Name != "com.example.command" {
		t.Fatalf("manifest %+v, %v", m.Manifest(), m.Undescribed())
	}
	res, err := m.Call(t.Context(), abi.Input{Call: abi.Call{Type: "go"}}, nil)
	if err != nil || res.Output.Outcome != "ok" {
		t.Errorf("got %+v, %v, logs %v", res.Output, err, res.Stats.Logs)
	}
}
