package author

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	sdk "github.com/acrhost/acrhost/sdk/javascript"
)

// quickJS is the folder of what the engine is built of and into. The version is that of
// sdk/javascript/quickjs/Cargo.lock.
const quickJS = "quickjs-0.14.0"

// quickJSSource is where the engine's source is in it, once it was fetched.
const quickJSSource = "vendor/rquickjs-sys/quickjs"

func javascript() Language {
	return Language{
		Name:  "javascript",
		Title: "JavaScript",
		Tools: []Tool{
			{
				Name: "clang", For: "it compiles the QuickJS engine to WebAssembly", Env: "ACRHOST_CLANG", Check: checkWASIClang,
				Install: "sudo apt-get install clang lld wasi-libc libclang-rt-dev-wasm32",
			},
			{
				Name: "cargo", For: "it fetches the engine's source from crates.io, and checks its hash", Env: "ACRHOST_CARGO",
				Install: "sudo apt-get install cargo",
			},
			{
				Name: "node", For: "it runs the unit tests (18 or later)", Env: "ACRHOST_NODE", Check: node(18),
				Install: "sudo apt-get install nodejs", TestOnly: true,
			},
		},
		SDK:      []Tree{{Files: sdk.Files()}},
		Template: sdk.Template(),
		Build: func(t Toolchain, p Project) []Command {
			e := engine{tools: t, project: p, sdk: javascriptSDK(p.Dir), dir: quickJSDir(p)}
			return append(append(e.fetch(), e.compile()...), e.link())
		},
		Test: func(t Toolchain, p Project) []Command {
			files := unitTests(p.Dir)
			if len(files) == 0 {
				return nil
			}
			return []Command{t.Command("unit tests", "node", append([]string{"--test"}, files...)...)}
		},
	}
}

// unitTests are the project's files with unit tests, by their names, from its folder. Node
// is told each: what it makes of a folder or a pattern changed with 21, and it would take
// the SDK's test.js for one.
func unitTests(dir string) []string {
	var files []string
	// What can't be read holds no tests.
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		name := filepath.Base(path)
		switch {
		case entry == nil, path == dir:
			return nil
		case entry.IsDir() && (name == SDKDir || name == "node_modules" || name == "build" || strings.HasPrefix(name, ".")):
			return fs.SkipDir
		case entry.Type().IsRegular() && isUnitTest.MatchString(name):
			if relative, err := filepath.Rel(dir, path); err == nil {
				files = append(files, "./"+filepath.ToSlash(relative)) // never an option
			}
		}
		return nil
	})
	return files
}

var isUnitTest = regexp.MustCompile(`\.test\.[cm]?js$`)

// checkWASIClang holds that a clang finds the library and the linker for WASI.
func checkWASIClang(ctx context.Context, words []string) error {
	check := exec.CommandContext(ctx, words[0], append(words[1:], "--target=wasm32-wasi", "-x", "c", "-o", os.DevNull, "-")...)
	check.Stdin = strings.NewReader("#include <stdlib.h>\nint main(void) { return 0; }\n")
	if out, err := check.CombinedOutput(); err != nil {
		text, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("it can't build for wasm32-wasi: %s", text)
	}
	return nil
}

// engine is QuickJS for one project: fetched and compiled once, linked for each build.
type engine struct {
	tools   Toolchain
	project Project
	sdk     string // the folder of acrhost.js
	dir     string
}

// fetch gets the source, where it is not there. The sparse index is no option of a cargo
// before 1.68 unless it may take unstable ones; such a one would clone the whole index.
func (e engine) fetch() []Command {
	if exists(filepath.Join(e.dir, quickJSSource, "quickjs.c")) {
		return nil
	}
	return []Command{e.tools.Command("fetch QuickJS", "cargo", "vendor", "--quiet", "--locked",
		"--manifest-path", filepath.Join(e.sdk, "quickjs", "Cargo.toml"), filepath.Join(e.dir, "vendor")).
		With("RUSTC_BOOTSTRAP=1", "CARGO_UNSTABLE_SPARSE_REGISTRY=true")}
}

// compile makes the objects that are not there.
func (e engine) compile() []Command {
	var commands []Command
	for _, unit := range []string{"quickjs", "libregexp", "libunicode", "dtoa"} {
		object := filepath.Join(e.dir, unit+".o")
		if exists(object) {
			continue
		}
		commands = append(commands, e.tools.Command("compile "+unit, "clang", "--target=wasm32-wasi", "-Oz", "-w",
			"-D_GNU_SOURCE", "-DNDEBUG", "-D_WASI_EMULATED_SIGNAL", "-D_WASI_EMULATED_PROCESS_CLOCKS", "-funsigned-char",
			"-c", "-o", object, filepath.Join(e.dir, quickJSSource, unit+".c")))
	}
	return commands
}

// link compiles the border with the step's source in it, and links the module.
func (e engine) link() Command {
	object := func(unit string) string { return filepath.Join(e.dir, unit+".o") }
	return e.tools.Command("link the step", "clang", "--target=wasm32-wasi", "-mexec-model=reactor", "-O2", "-w",
		"-I", filepath.Join(e.dir, quickJSSource),
		`-DSTEP_FILE="step.js"`,
		fmt.Sprintf(`-DSDK_FILE="%s"`, fromProject(e.project, filepath.Join(e.sdk, "acrhost.js"))),
		"-DCAPABILITIES(X)="+capabilities(e.project, e.sdk),
		"-o", e.project.Module, filepath.Join(e.sdk, "quickjs", "acrhost.c"),
		object("quickjs"), object("libregexp"), object("libunicode"), object("dtoa"),
		"-lwasi-emulated-process-clocks", "-Wl,-z,stack-size=1048576", "-Wl,--stack-first", "-Wl,--strip-all")
}

var quotedName = regexp.MustCompile(`"([a-z]+(?:_[a-z]+)+)"`)

var word = regexp.MustCompile(`[A-Za-z_$][A-Za-z0-9_$]*`)

// capabilities are those whose names stand in the step's source, so that the module
// imports no other, as the C border wants them: X(http_fetch) X(otp_send). What there are
// is read off the SDK.
func capabilities(p Project, sdk string) string {
	source, _ := os.ReadFile(filepath.Join(p.Dir, "step.js")) // the compiler says when it is not there
	words := word.FindAllString(string(source), -1)
	all, _ := os.ReadFile(filepath.Join(sdk, "acrhost.js"))
	_, list, _ := strings.Cut(string(all), "const CAPABILITIES")
	list, _, _ = strings.Cut(list, "]")
	var used []string
	for _, m := range quotedName.FindAllStringSubmatch(list, -1) {
		if slices.Contains(words, m[1]) {
			used = append(used, "X("+m[1]+")")
		}
	}
	return strings.Join(used, " ")
}

// javascriptSDK is the SDK's folder: that of the project, or, in this repository, the one
// that the project lies in.
func javascriptSDK(dir string) string {
	dir, err := filepath.Abs(dir)
	for at := dir; err == nil; at = filepath.Dir(at) {
		for _, candidate := range []string{filepath.Join(at, SDKDir), at} {
			if exists(filepath.Join(candidate, "quickjs", "acrhost.c")) {
				return candidate
			}
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	return filepath.Join(dir, SDKDir)
}

// quickJSDir is where the engine is built: where the environment says, so that projects
// can share it, or in the project.
func quickJSDir(p Project) string {
	dir := os.Getenv("ACRHOST_QUICKJS")
	if dir == "" {
		dir = filepath.Join(p.Dir, "build")
	}
	if absolute, err := filepath.Abs(dir); err == nil {
		dir = absolute
	}
	return filepath.Join(dir, quickJS)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
