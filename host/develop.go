package host

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// mayDevelop holds that nobody but who sits at this machine can reach a host that shows
// what goes on inside.
func mayDevelop(cfg *config.Config) error {
	issuer, err := url.Parse(cfg.Issuer)
	if err != nil || !loopback(issuer.Hostname()) {
		return fmt.Errorf("development mode shows what goes on inside, so that it is for a loopback issuer only; the issuer is %s (hint: issuer = \"http://localhost:8080\")", cfg.Issuer)
	}
	listen, _, err := net.SplitHostPort(cfg.Listen)
	if err != nil || !loopback(listen) {
		return fmt.Errorf("development mode shows what goes on inside, so that it listens on a loopback address only; listen is %q (hint: --listen 127.0.0.1:8080)", cfg.Listen)
	}
	return nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// keptRuns and keptCalls bound what is kept for who develops a step.
const (
	keptRuns  = 64
	keptCalls = 20
)

// failures are the calls that went wrong in the runs of late, for who develops a step.
// Nil keeps nothing and shows nothing. It is safe for concurrent use.
type failures struct {
	mu   sync.Mutex
	runs []*failedRun // the latest last
}

// failedRun is what is known of a run: what must not be shown, and what went wrong.
type failedRun struct {
	id      string
	secrets map[string]bool
	calls   []page.FailedCall
}

// note keeps a call that went wrong, and of every call what must not be shown.
func (f *failures) note(t stepType, use string, in abi.Input, r plugin.Result, err error) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	run := f.of(in.Journey.Run)
	run.remember(in)
	failed, ok := errors.AsType[*plugin.Error](err)
	if !ok || len(run.calls) == keptCalls {
		return
	}
	limits := t.plugin.module.Limits()
	call := page.FailedCall{
		Step: in.Call.Step, Use: use, Plugin: t.plugin.name, Digest: t.plugin.module.Digest(), Mode: r.Stats.Mode,
		Class: string(failed.Class), Code: failed.Code, Message: failed.Message, Trace: failed.Trace,
		Fuel: r.Stats.FuelUsed, FuelLimit: limits.Fuel, Memory: r.Stats.MemoryBytes, MemoryLimit: limits.MemoryBytes, Took: r.Stats.Duration,
	}
	for _, line := range r.Stats.Logs {
		call.Logs = append(call.Logs, page.LoggedLine{Level: levelName(line.Level), Text: line.Message})
	}
	run.calls = append(run.calls, call)
}

// of finds or makes what is known of a run.
func (f *failures) of(id string) *failedRun {
	if i := slices.IndexFunc(f.runs, func(r *failedRun) bool { return r.id == id }); i >= 0 {
		return f.runs[i]
	}
	if len(f.runs) == keptRuns {
		f.runs = slices.Delete(f.runs, 0, 1)
	}
	run := &failedRun{id: id, secrets: map[string]bool{}}
	f.runs = append(f.runs, run)
	return run
}

// shown gives what a page shows of a run that did not succeed; nil where nothing is to
// be shown.
func (f *failures) shown() func(*journey.Run) (page.StepFailed, bool) {
	if f == nil {
		return nil
	}
	return f.take
}

func (f *failures) take(run *journey.Run) (page.StepFailed, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	known := f.of(run.ID)
	f.runs = slices.DeleteFunc(f.runs, func(r *failedRun) bool { return r == known })
	if len(known.calls) == 0 && run.End.Terminal != journey.ErrorPrefix+"server_error" {
		return page.StepFailed{}, false // a refusal, as the journey has it
	}
	failed := page.StepFailed{Journey: run.Journey, Reason: known.strike(run.End.Reason), Calls: known.calls}
	for i := range failed.Calls {
		c := &failed.Calls[i]
		c.Code, c.Message = known.strike(c.Code), known.strike(c.Message)
		for k := range c.Logs {
			c.Logs[k].Text = known.strike(c.Logs[k].Text)
		}
		for k := range c.Trace {
			c.Trace[k] = known.strike(c.Trace[k])
		}
	}
	return failed, true
}

// remember keeps what the user typed, and what steps keep between two calls.
func (r *failedRun) remember(in abi.Input) {
	for _, value := range in.Form {
		r.secret(value)
	}
	var state any
	if json.Unmarshal(in.State, &state) == nil {
		r.leaves(state)
	}
}

// leaves are the texts and the numbers of a state.
func (r *failedRun) leaves(value any) {
	switch v := value.(type) {
	case string:
		r.secret(v)
	case float64:
		// A code, not a counter.
		if text := strconv.FormatFloat(v, 'f', -1, 64); len(text) >= 4 {
			r.secret(text)
		}
	case []any:
		for _, one := range v {
			r.leaves(one)
		}
	case map[string]any:
		for _, one := range v {
			r.leaves(one)
		}
	}
}

// secret keeps a value in each spelling that a guest is likely to log.
func (r *failedRun) secret(value string) {
	if value == "" {
		return
	}
	quoted, _ := json.Marshal(value) // a string has a JSON form
	bare := strings.TrimSuffix(strings.TrimPrefix(strconv.Quote(value), `"`), `"`)
	for _, spelling := range []string{value, strings.Trim(string(quoted), `"`), bare, url.QueryEscape(value), url.PathEscape(value)} {
		r.secrets[spelling] = true
	}
}

// strike takes the secrets out of a text.
func (r *failedRun) strike(text string) string {
	// The longest first: a short one may be a part of it, and would leave the rest.
	sorted := slices.SortedFunc(maps.Keys(r.secrets), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	pairs := make([]string, 0, 2*len(sorted))
	for _, secret := range sorted {
		pairs = append(pairs, secret, "redacted")
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func levelName(level int) string {
	switch {
	case level < 0:
		return "debug"
	case level < 4:
		return "info"
	case level < 8:
		return "warn"
	}
	return "error"
}
