package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"time"

	"github.com/acrhost/acrhost/host/figures"
)

const usage = `bench measures logins of acrhost and of its peers, and prints one table.

Usage: bench [--time D] [--turns N] [--flat N] [--only PATTERN] [--acrhost FILE] [--parts DIR] [--json FILE]

Examples:
  bench                            everything, seven minutes or so
  bench --time 1s --turns 1        the same, quicker and less exact
  bench --only 'sqlite|zitadel'    some of the subjects
  bench --flat 0                   without the many logins that memory is watched over
  bench --json bench-login.json    the results as JSON too

Flags:
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are the command line.
type options struct {
	time    time.Duration // of one measurement
	turns   int
	flat    int // logins
	only    *regexp.Regexp
	acrhost string
	parts   string // where the peers and the steps are
	json    string
}

// The bounds of the command line, so that a run ends.
const (
	maxTime  = time.Minute
	maxTurns = 20
	maxFlat  = 1_000_000
)

func parse(args []string, errout io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(errout)
	flags.Usage = func() {
		fmt.Fprint(errout, usage)
		flags.PrintDefaults()
	}
	flags.DurationVar(&o.time, "time", 3*time.Second, "how long a subject is measured doing logins in one turn; other requests half of it")
	flags.IntVar(&o.turns, "turns", 3, "how often each subject has its turn, on a server of its own")
	flags.IntVar(&o.flat, "flat", 100_000, "over how many logins memory is watched, five minutes at most")
	flags.StringVar(&o.acrhost, "acrhost", "bin/acrhost", "the program")
	flags.StringVar(&o.parts, "parts", ".cache/bench-login", "the folder with the peers and the steps")
	flags.StringVar(&o.json, "json", "", "write the results to this file too")
	only := flags.String("only", "", "a regular expression: the subjects to measure")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("%q is no flag; see bench --help", flags.Arg(0))
	}
	switch {
	case o.time <= 0 || o.time > maxTime:
		return o, fmt.Errorf("--time %s: from more than 0 to %s", o.time, maxTime)
	case o.turns < 1 || o.turns > maxTurns:
		return o, fmt.Errorf("--turns %d: from 1 to %d", o.turns, maxTurns)
	case o.flat < 0 || o.flat > maxFlat:
		return o, fmt.Errorf("--flat %d: from 0 to %d", o.flat, maxFlat)
	}
	var err error
	if o.only, err = regexp.Compile(*only); err != nil {
		return o, fmt.Errorf("--only: %w", err)
	}
	return o, nil
}

// run is the program: the table goes to out, what it is doing to errout.
func run(ctx context.Context, args []string, out, errout io.Writer) error {
	o, err := parse(args, errout)
	if err != nil {
		return err
	}
	machine := figures.ThisMachine() // before this program leaves a core to the servers
	if err := pinUsers(); err != nil {
		return err
	}
	report, err := measure(ctx, o, func(line string) { fmt.Fprintln(errout, line) })
	if err != nil {
		return err
	}
	report.Machine = machine
	if o.json != "" {
		document, err := json.MarshalIndent(report, "", "  ")
		if err != nil {
			return fmt.Errorf("encode the results: %w", err)
		}
		if err := os.WriteFile(o.json, append(document, '\n'), 0o600); err != nil {
			return fmt.Errorf("write the results: %w", err)
		}
	}
	report.print(out)
	return nil
}
