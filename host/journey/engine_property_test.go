package journey_test

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/google/go-cmp/cmp"
)

// dice is a stepper that does anything, the same for the same call.
type dice struct{ seed uint64 }

func (d dice) Run(_ context.Context, c journey.Call) (journey.Output, error) {
	in := c.Input
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s %s", in.Call.ID, in.Call.Step)
	r := rand.New(rand.NewPCG(d.seed, h.Sum64()))
	o := journey.Output{Digest: "sha256:d"}
	switch r.IntN(8) {
	case 0:
		return o, &journey.StepError{Class: "trap", Code: "trap", Message: "unreachable"}
	case 1:
		o.Prompt = &abi.Prompt{Fields: []abi.Field{{Name: "n", Type: abi.Text}}}
		o.State = json.RawMessage(fmt.Sprintf(`{"call":%q}`, in.Call.ID))
	case 2:
		o.Redirect = &abi.Redirect{URL: "https://idp.example/"}
	case 3:
		o.Error = &abi.Error{Code: "no", Message: "No."}
	default:
		o.Outcome = []string{"ok", "failed", "other", "nonsense"}[r.IntN(8)%4]
		o.Subject = &abi.Subject{ID: fmt.Sprint("u", r.IntN(2)), Claims: map[string]any{"n": r.IntN(9)}}
		o.Evidence = []journey.Evidence{{Method: "m", AMR: []string{[]string{"pwd", "sms", "fpt"}[r.IntN(3)]}}}
		o.Vars = map[string]any{"n": r.IntN(9), in.Call.Step: r.Float64()}
		o.ACR = json.RawMessage(fmt.Sprintf(`{"l":%d}`, r.IntN(4)))
	}
	return o, nil
}

// randomDefs are journeys with edges to anywhere, and to each other.
func randomDefs(r *rand.Rand) map[string]*journey.Definition {
	defs := map[string]*journey.Definition{}
	names := []string{"main", "one", "two"}
	for _, name := range names {
		size := 1 + r.IntN(6)
		d := &journey.Definition{Name: name, Start: "s0", InsecureAllowNoEvidence: r.IntN(2) == 0, Steps: map[string]*journey.Step{}}
		target := func() string {
			return append([]string{journey.Success, journey.Failure, "@error:denied"}, "s0", fmt.Sprint("s", r.IntN(size)), fmt.Sprint("s", r.IntN(size)))[r.IntN(6)]
		}
		for i := range size {
			s := &journey.Step{Name: fmt.Sprint("s", i), Use: "t/any", MaxVisits: r.IntN(4), Next: map[string]string{"ok": target(), "failed": target(), "other": target()}}
			s.Config = map[string]any{"v": map[string]any{"cel": "vars.n + 1.0"}}
			if r.IntN(2) == 0 {
				s.OnError, s.ErrorVar = target(), "oops"
			}
			if r.IntN(5) == 0 {
				s = sub(s.Name, names[r.IntN(len(names))], target(), target())
			}
			d.Steps[s.Name] = s
		}
		defs[name] = d
	}
	return defs
}

// Whatever the graph and whatever the steps do, a run ends within the bounds, and
// a run that was stored and read back at each wait ends the same.
func TestRandomGraphs(t *testing.T) {
	for seed := range uint64(400) {
		defs := randomDefs(rand.New(rand.NewPCG(seed, 1)))
		release, err := journey.NewRelease(defs, catalog)
		if err != nil {
			t.Fatal(err)
		}
		clock := began
		e := journey.Engine{Steps: dice{seed}, Now: func() time.Time { clock = clock.Add(time.Second); return clock }}
		kept := play(t, &e, release, func(r *journey.Run) *journey.Run { return r })
		clock = began
		stored := play(t, &e, release, func(r *journey.Run) *journey.Run { return storedAndRead(t, r) })
		if d := cmp.Diff(storedAndRead(t, kept), stored); d != "" {
			t.Fatalf("seed %d: stored and read back, the run goes another way: %s", seed, d)
		}
		if len(kept.Path) > journey.MaxEntered || kept.Calls > journey.MaxCalls || len(kept.Stack) > journey.MaxNesting {
			t.Fatalf("seed %d: %d entered, %d calls, %d deep", seed, len(kept.Path), kept.Calls, len(kept.Stack))
		}
		if kept.End.Terminal == journey.Success && kept.Subject == nil {
			t.Fatalf("seed %d: success of nobody", seed)
		}
	}
}

func play(t *testing.T, e *journey.Engine, release *journey.Release, keep func(*journey.Run) *journey.Run) *journey.Run {
	t.Helper()
	s := request()
	s.Subject = &abi.Subject{ID: "u0", Claims: map[string]any{"n": 1}}
	s.Evidence = []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: began}}
	run, err := e.Start(t.Context(), release, s)
	if err != nil {
		t.Fatal(err)
	}
	for range journey.MaxCalls + 1 {
		if waits := run.Prompt != nil; run.End != nil && (waits || run.Redirect != "") || waits && run.Redirect != "" {
			t.Fatalf("the run waits for more than one thing: %+v", run)
		}
		if run.End != nil {
			return keep(run)
		}
		run = keep(run)
		if err := e.Advance(t.Context(), release, run, &journey.Answer{Form: map[string]string{"n": "1"}}); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the run does not end")
	return nil
}

func storedAndRead(t *testing.T, r *journey.Run) *journey.Run {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back journey.Run
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	return &back
}

// Numbers in variables, claims and state are the same before and after a restart.
func TestStoredRunBehavesTheSame(t *testing.T) {
	d := line("login", "ask", "calc")
	d.Steps["calc"].Config = map[string]any{"v": map[string]any{"cel": "[vars.n + 1.0, vars.big, subject.claims.age + 1.0, upstream.idp.claims.loa + 1.0]"}}
	var seen []string
	b := newBench(t, steps{
		"login": func(in abi.Input) (journey.Output, error) {
			out, _ := login("pwd")(in)
			out.Vars = map[string]any{"n": 1, "big": int64(1) << 53, "list": []int{1}}
			out.Upstream = map[string]abi.Upstream{"idp": {Claims: map[string]any{"loa": 3}}}
			return out, nil
		},
		"ask": ask(abi.Output{Outcome: "ok"}),
		"calc": func(in abi.Input) (journey.Output, error) {
			vars, err := json.Marshal(in.Vars)
			seen = append(seen, string(in.Config), string(vars))
			return ok(), err
		},
	}, d)
	direct := b.start(t, request())
	read := storedAndRead(t, direct)
	for _, run := range []*journey.Run{direct, read} {
		b.answer(t, run, nil)
		wantEnd(t, run, journey.Success, "", "")
	}
	want := []string{`{"v":[2,9007199254740992,31,4]}`, `{"big":9007199254740992,"list":[1],"n":1}`}
	if d := cmp.Diff(append(want, want...), seen); d != "" {
		t.Error(d)
	}
}

// Any number of logins share an engine and a release.
func TestConcurrentRuns(t *testing.T) {
	release, err := journey.NewRelease(randomDefs(rand.New(rand.NewPCG(7, 1))), catalog)
	if err != nil {
		t.Fatal(err)
	}
	e := journey.Engine{Steps: dice{7}, Now: func() time.Time { return began }}
	want := play(t, &e, release, func(r *journey.Run) *journey.Run { return r })
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				run, err := e.Start(context.Background(), release, journey.StartRequest{
					ID: "r_1", Journey: "main", Interactive: true,
					Subject: &abi.Subject{ID: "u0", Claims: map[string]any{"n": 1}},
				})
				for err == nil && run.End == nil {
					err = e.Advance(context.Background(), release, run, &journey.Answer{})
				}
				if err != nil || run.End.Terminal != want.End.Terminal {
					t.Errorf("ended with %+v, %v", run, err)
					return
				}
			}
		})
	}
	wg.Wait()
}
