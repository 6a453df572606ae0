package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/author"
)

// oneArgument holds that a command got one argument, called name.
func oneArgument(name string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != 1 {
			return &exitError{2, fmt.Errorf("plugin %s takes one %s, got %d arguments; see %s --help", c.Name(), name, len(args), c.CommandPath())}
		}
		return nil
	}
}

// maybeOneDir holds that a command got one folder at most.
func maybeOneDir(c *cobra.Command, args []string) error {
	if len(args) > 1 {
		return &exitError{2, fmt.Errorf("plugin %s takes one DIR at most, got %d arguments; see %s --help", c.Name(), len(args), c.CommandPath())}
	}
	return nil
}

func usageError(_ *cobra.Command, err error) error { return &exitError{2, err} }

// openProject opens the project that a command's arguments name: the folder, else the
// one that acrhost was started in.
func openProject(args []string) (author.Project, error) {
	dir := "."
	if len(args) > 0 {
		dir = args[0]
	}
	p, err := author.Open(dir)
	if err != nil {
		return p, &exitError{2, err}
	}
	return p, nil
}

// narrator tells a person what is done, and how long it took.
type narrator struct {
	out   io.Writer
	began time.Time
}

// Running tells of a command that begins.
func (p *narrator) Running(c author.Command) {
	p.began = time.Now()
	fmt.Fprintf(p.out, "%s: %s\n", c.What, c)
}

// Printed shows what the command had to say, indented.
func (p *narrator) Printed(text string) {
	printIndented(p.out, text)
	fmt.Fprintf(p.out, "  %s\n", time.Since(p.began).Round(10*time.Millisecond))
}

func printIndented(out io.Writer, text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintf(out, "  %s\n", strings.TrimRight(line, "\r\n"))
	}
}

// failed is the end of a command whose compiler or unit tests failed, after showing
// what they said; or of one that has no compiler.
func failed(errOut io.Writer, err error) error {
	if failed, ok := errors.AsType[*author.FailedError](err); ok {
		printIndented(errOut, failed.Output)
		return &exitError{1, failed}
	}
	if _, ok := errors.AsType[*author.MissingError](err); ok {
		return &exitError{2, err}
	}
	return err
}

// compile builds the project and says what came out.
func compile(ctx context.Context, out, errOut io.Writer, p author.Project) error {
	if err := p.Compile(ctx, &narrator{out: out}); err != nil {
		return failed(errOut, err)
	}
	wasm, err := readModule(p.Path())
	if err != nil {
		return &exitError{1, fmt.Errorf("building left no module: %w", err)}
	}
	fmt.Fprintf(out, "%s: %d bytes, %s\n", filepath.ToSlash(p.Path()), len(wasm), plugin.Digest(wasm))
	return nil
}
