package author

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Tool is a program that building a project needs.
type Tool struct {
	Name string // as recipes ask for it, such as clang
	For  string // what it is for, as in "it compiles C to WebAssembly"
	// Env is the environment variable that names it, with arguments if it has any
	// ("python3 -m ziglang"). It comes before everything else.
	Env string
	// Candidates are the command lines to try, best first: of programs on PATH, in the
	// project's node_modules/.bin, or with a path. Empty: the tool's name.
	Candidates []string
	// Check says whether a candidate will do, as an error that says what is wrong with
	// it; nil: being there is enough.
	Check func(ctx context.Context, words []string) error
	// Install is the command that installs it.
	Install string
	// TestOnly: only the unit tests need it, and building does not ask for it.
	TestOnly bool
}

// Toolchain is the tools of a language on this machine.
type Toolchain struct {
	found map[string][]string
}

// Command is a call of a tool with arguments. what says to people what it does. The tool
// must be one of the language's.
func (t Toolchain) Command(what, tool string, args ...string) Command {
	words, ok := t.found[tool]
	if !ok {
		words = []string{tool}
	}
	return Command{What: what, Args: append(append([]string{}, words...), args...)}
}

// MissingError is a tool that is not there, or will not do.
type MissingError struct {
	Tool  Tool
	Tried []string // what was there, and what is wrong with it
}

// Error says what is missing, what it is for and how to get it.
func (e *MissingError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s is missing: %s", e.Tool.Name, e.Tool.For)
	for _, tried := range e.Tried {
		fmt.Fprintf(&b, "\n  tried %s", tried)
	}
	fmt.Fprintf(&b, "\n  install it with: %s", e.Tool.Install)
	if e.Tool.Env != "" {
		fmt.Fprintf(&b, "\n  or say where it is: %s=…", e.Tool.Env)
	}
	return b.String()
}

// Toolchain finds the tools of a language for the project in dir. Every one that is
// missing is in the error, as a *MissingError.
func (l Language) Toolchain(ctx context.Context, dir string) (Toolchain, error) {
	t := Toolchain{found: make(map[string][]string, len(l.Tools))}
	var missing []error
	for _, tool := range l.Tools {
		words, err := tool.find(ctx, dir)
		if err != nil {
			missing = append(missing, err)
			continue
		}
		t.found[tool.Name] = words
	}
	return t, errors.Join(missing...)
}

func (tool Tool) find(ctx context.Context, dir string) ([]string, error) {
	missing := &MissingError{Tool: tool}
	for _, line := range tool.candidates() {
		words := strings.Fields(line)
		path, err := locate(words[0], dir)
		if err != nil {
			continue
		}
		words[0] = path
		if tool.Check != nil {
			if err := tool.Check(ctx, words); err != nil {
				missing.Tried = append(missing.Tried, fmt.Sprintf("%s: %v", line, err))
				continue
			}
		}
		return words, nil
	}
	return nil, missing
}

// candidates are what to try. What the environment names is tried alone: who says
// which one wants that one.
func (tool Tool) candidates() []string {
	if tool.Env != "" {
		if line := strings.TrimSpace(os.Getenv(tool.Env)); line != "" {
			return []string{line}
		}
	}
	if len(tool.Candidates) > 0 {
		return tool.Candidates
	}
	return []string{tool.Name}
}

// locate finds a program: with a path as it is, else in the project's node_modules,
// else on PATH.
func locate(name, dir string) (string, error) {
	if !strings.ContainsRune(name, filepath.Separator) {
		local, err := filepath.Abs(filepath.Join(dir, "node_modules", ".bin", name))
		if err != nil {
			return "", fmt.Errorf("find %s: %w", name, err)
		}
		if _, err := os.Stat(local); err == nil {
			return local, nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", name, err)
	}
	return filepath.Abs(path)
}
