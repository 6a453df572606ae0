package author

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Command is one step of a recipe: a program that is run, or a file that is copied.
type Command struct {
	What string   // what it does, for people: "compile"
	Args []string // the program and its arguments
	Env  []string // NAME=value, beside the environment
	// Dir is where it runs, from the project's folder; empty: there.
	Dir string

	from, to string
}

// Copy is the command that copies a file of the project to another, for compilers that
// put their output where they like. The paths have slashes.
func Copy(from, to string) Command {
	return Command{What: "copy " + from, from: from, to: to}
}

// With is the command with NAME=value in its environment.
func (c Command) With(env ...string) Command {
	c.Env = append(append([]string{}, c.Env...), env...)
	return c
}

// In is the command in a folder of the project.
func (c Command) In(dir string) Command {
	c.Dir = dir
	return c
}

// String is the command as one would type it.
func (c Command) String() string {
	if c.from != "" {
		return "cp " + c.from + " " + c.to
	}
	return strings.Join(append(append([]string{}, c.Env...), c.Args...), " ")
}

// FailedError is a command that failed. What it printed is in Output.
type FailedError struct {
	Command Command
	Output  string
	Err     error
}

// Error is the command and how it ended, without what it printed.
func (e *FailedError) Error() string {
	return fmt.Sprintf("%s failed: %v (%s)", e.Command.What, e.Err, e.Command)
}

func (e *FailedError) Unwrap() error { return e.Err }

// run runs a command in a project's folder. A failure is a *FailedError.
func (c Command) run(ctx context.Context, dir string) (output string, err error) {
	if c.from != "" {
		err = copyFile(filepath.Join(dir, filepath.FromSlash(c.from)), filepath.Join(dir, filepath.FromSlash(c.to)))
	} else {
		output, err = c.execute(ctx, dir)
	}
	if err != nil {
		return "", &FailedError{Command: c, Output: output, Err: err}
	}
	return output, nil
}

// waitDelay is how long what a stopped command has started may go on writing.
const waitDelay = 5 * time.Second

func (c Command) execute(ctx context.Context, dir string) (string, error) {
	if len(c.Args) == 0 {
		return "", errors.New("no program is named")
	}
	var out strings.Builder
	command := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	command.Dir = filepath.Join(dir, filepath.FromSlash(c.Dir))
	command.Env = append(os.Environ(), c.Env...)
	command.Stdout, command.Stderr = &out, &out
	command.WaitDelay = waitDelay
	err := command.Run()
	return out.String(), err
}

func copyFile(from, to string) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	defer source.Close()
	target, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	if _, err := io.Copy(target, source); err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	return nil
}
