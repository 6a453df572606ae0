package steptest_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

// careless is a step with a way to break each promise.
type careless struct {
	Do string `json:"do" schema:"required" enum:"outcome,output,capability,panic,well,all,var,amr,claim,evidence,subject"`
	// Names are variables.
	Names map[string]bool `json:"names"`
}

func (c careless) Run(ctx *step.Context) step.Result {
	switch c.Do {
	case "outcome":
		return step.Outcome("other")
	case "output":
		return step.Ask(abi.Prompt{Fields: []abi.Field{{Name: "_token", Type: abi.Text}}})
	case "capability":
		if _, err := capability.IdentifyUser(ctx, "alice"); err == nil {
			return step.Fail("granted", "without a double")
		}
	case "panic":
		panic("on purpose")
	case "all":
		return step.Outcome("ok").WithVar("risk.x", 1).WithVar("named", 1).WithVar("listed", 1)
	}
	return step.Outcome("ok").WithOutput(func(o *abi.Output) { c.overreach(o) })
}

// overreach says of the user what the type does not declare.
func (c careless) overreach(o *abi.Output) {
	switch c.Do {
	case "var":
		o.Vars = map[string]any{"risk": 1}
	case "amr":
		o.AMR = []string{"hwk"}
	case "claim":
		o.Claims = map[string]any{"sub": "x"}
	case "evidence":
		o.Evidence = []abi.Asserted{{Method: "own", AMR: []string{"hwk"}}}
	case "subject":
		o.Subject = &abi.SubjectRef{ID: "alice"}
	}
}

// recorder is the test that is expected to fail.
type recorder struct {
	testing.TB
	said string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) { r.said += fmt.Sprintf(format, args...) }

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// failure is how a test fails in which f is run.
func failure(t *testing.T, f func(testing.TB)) string {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(r)
	}()
	<-done
	return r.said
}

// A step that the real host would refuse fails its test.
func TestHoldsTheStep(t *testing.T) {
	for config, want := range map[string]string{
		`{"do":"well"}`:                       "",
		`{"do":"outcome"}`:                    `the outcome "other" is none of ["ok"]`,
		`{"do":"output"}`:                     "would refuse the output",
		`{"do":"capability"}`:                 `asked for ["user_identify"]`,
		`{"do":"panic"}`:                      "guest error: panic: on purpose",
		`{"do":"evil"}`:                       "would refuse the configuration",
		`{}`:                                  "would refuse the configuration",
		`{"do":"all","names":{"named":true}}`: "",
		`{"do":"var","names":{"named":true}}`: `vars: the step set "risk"`,
		`{"do":"amr"}`:                        `amr: the step set "hwk"`,
		`{"do":"claim"}`:                      `claims: the step set "sub"`,
		`{"do":"evidence"}`:                   `the amr of evidence: the step set "hwk"`,
		`{"do":"subject"}`:                    "the step set the subject",
	} {
		got := failure(t, func(tb testing.TB) {
			steptest.New(tb, step.Define[careless]("careless", step.Description{
				Outcomes: []string{"ok"}, Writes: abi.Writes{Vars: []string{"listed", "risk.*"}, VarsFrom: []string{"/names"}, Evidence: []string{"own"}},
			})).Config(config).Run()
		})
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: failed with %q, want %q", config, got, want)
		}
	}
}

// A test that is wrong itself is told so.
func TestHoldsTheTest(t *testing.T) {
	newCall := func(tb testing.TB) *steptest.Call {
		return steptest.New(tb, step.Define[careless]("careless", step.Description{Outcomes: []string{"ok"}})).Config(`{"do":"well"}`)
	}
	for want, f := range map[string]func(testing.TB){
		"none that a host sends": func(tb testing.TB) {
			newCall(tb).Input(func(in *abi.Input) { in.AMR = nil }).Run()
		},
		"the schema accepts the configuration": func(tb testing.TB) { newCall(tb).Fault() },
		// An enum is for the host to check: the step alone lets it pass.
		"the step accepts the configuration": func(tb testing.TB) { newCall(tb).Config(`{"do":"evil"}`).Fault() },
	} {
		if got := failure(t, f); !strings.Contains(got, want) {
			t.Errorf("failed with %q, want %q", got, want)
		}
	}
}
