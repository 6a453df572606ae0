// Command capability is a step that asks the host for something: an HTTP request to a
// server that scores risks.
package main

import (
	"encoding/json"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Score is the configuration.
type Score struct {
	URL string `json:"url" schema:"required" doc:"Where the score is had."`
}

// highRisk is the least score that counts as high.
const highRisk = 0.7

type question struct {
	IP string `json:"ip"`
}

type answer struct {
	Score float64 `json:"score"`
}

// Run asks for the score. A capability that doesn't answer is an error, whose code is
// the status's: the journey decides what becomes of it.
func (s Score) Run(ctx *step.Context) step.Result {
	body, err := json.Marshal(question{IP: ctx.Device.IP})
	if err != nil {
		return step.Fail("question", err.Error())
	}
	got, err := capability.FetchHTTP(ctx, abi.HTTPFetch{
		Method:  "POST",
		URL:     s.URL,
		Headers: map[string]string{"content-type": "application/json"},
		Body:    string(body),
	})
	if err != nil {
		return step.Failed(err)
	}
	var a answer
	if err := json.Unmarshal([]byte(got.Body), &a); err != nil {
		return step.Fail("score", "the server gave no score")
	}
	outcome := "low"
	if a.Score >= highRisk {
		outcome = "high"
	}
	return step.Outcome(outcome).WithVar("risk", a.Score)
}

var module = step.Module{
	Name: "com.example.capability", Version: "1.0.0", Title: "Risk score", SnapshotSafe: true,
	Steps: []step.Type{
		step.Define[Score]("score", step.Description{
			Title:        "Score the risk",
			Outcomes:     []string{"low", "high"},
			Reads:        []string{"device"},
			Writes:       abi.Writes{Vars: []string{"risk"}},
			Capabilities: []string{"http_fetch"},
			Fetches:      []string{"POST config/url"},
		}),
	},
}

//go:wasmexport acrhost_step_v1
func run() int32 { return module.Step() }

//go:wasmexport acrhost_describe_v1
func describe() int32 { return module.Describe() }

func main() { module.Main() }
