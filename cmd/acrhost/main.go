package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/spf13/cobra"
)

// version and standardDigest are set by the linker; see the Makefile. An empty
// digest means that this binary was built without the standard plugin.
var (
	version        = "unknown"
	standardDigest = ""
)

func main() {
	runtime.MemProfileRate = 0 // no profile of the heap is offered, and to keep one takes memory
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

// exitError ends the command with a code of its own. Its text, if any, was
// printed already or is printed by run.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// run is the whole command: 0 when it did what it was asked, 1 when it could
// not, or the code of an exitError.
func run(ctx context.Context, args []string) int {
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	code := 1
	if exit, ok := errors.AsType[*exitError](err); ok {
		code = exit.code
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(root.ErrOrStderr(), "acrhost:", tame(text))
	}
	return code
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "acrhost",
		Short:         "An OpenID Provider whose logins are journeys of WebAssembly steps",
		SilenceUsage:  true,
		SilenceErrors: true,
		Example: `  acrhost serve --config config.toml
  acrhost check --config config.toml
  acrhost user add carol --email carol@example.com
  acrhost plugin run step.wasm --input input.json`,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newServe(), newCheck(), newUser(), newClient(), newGrants(), newKeys(), newPlugin(), newVersion())
	return root
}

// configFlag gives a command the flag that names the configuration.
func configFlag(c *cobra.Command) *string {
	return c.Flags().StringP("config", "c", "config.toml", "the configuration `file`")
}

// needsSubcommand is what a command that only holds others does by itself: it
// shows them, and a word that is none of them is an error.
func needsSubcommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return c.Help()
	}
	return &exitError{2, fmt.Errorf("%s has no command %q; see %s --help", c.CommandPath(), args[0], c.CommandPath())}
}
