package step

import (
	"fmt"
	"io"
	"os"
)

// Main makes the module a command: "step" reads the input document from stdin and
// writes the output document to stdout, "describe" writes the manifest. It ends the
// process with 1 when there is no output, with the reason on stderr.
//
// Built for the machine at hand, every plugin so tries its steps out. As the ABI's
// second carrier, wasip1 without -buildmode=c-shared, build a package main that
// calls Main and has no wasmexport: a module that exports acrhost_step_v1 is a
// reactor to the host, and this one would not be initialised.
func (m Module) Main() {
	if err := m.command(os.Args, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (m Module) command(args []string, stdin io.Reader, stdout io.Writer) error {
	if len(args) != 2 || args[1] != "step" && args[1] != "describe" {
		return fmt.Errorf("one argument is expected: step or describe")
	}
	document, err := m.commanded(args[1], stdin)
	if err != nil {
		return err
	}
	if _, err := stdout.Write(document); err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	return nil
}

func (m Module) commanded(what string, stdin io.Reader) ([]byte, error) {
	if what == "describe" {
		return m.describe()
	}
	input, err := io.ReadAll(stdin)
	if err != nil {
		return nil, fmt.Errorf("read the input: %w", err)
	}
	return m.Answer(imports{}, input)
}
