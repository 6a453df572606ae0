package main

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Outcome is what to give.
type Outcome struct {
	Outcome  string         `json:"outcome" default:"ok" doc:"The outcome."`
	ACR      any            `json:"acr" doc:"The acr, as it is."`
	Vars     map[string]any `json:"vars" doc:"Variables."`
	Claims   map[string]any `json:"claims" doc:"Claims."`
	AMR      []string       `json:"amr" doc:"Values of amr."`
	Evidence []Asserted     `json:"evidence" doc:"Evidence."`
	Subject  *string        `json:"subject" doc:"The id of the subject."`
}

// Asserted is one piece of evidence.
type Asserted struct {
	Method string   `json:"method" schema:"required" doc:"How."`
	AMR    []string `json:"amr" doc:"Its values of amr."`
}

// Run gives it.
func (o Outcome) Run(*step.Context) step.Result {
	r := step.Outcome(o.Outcome)
	if o.ACR != nil {
		r = r.WithACR(o.ACR)
	}
	return r.WithOutput(func(out *abi.Output) {
		out.Vars, out.Claims, out.AMR = o.Vars, o.Claims, o.AMR
		for _, e := range o.Evidence {
			out.Evidence = append(out.Evidence, abi.Asserted{Method: e.Method, AMR: e.AMR})
		}
		if o.Evidence != nil && out.Evidence == nil {
			out.Evidence = []abi.Asserted{}
		}
		if o.Subject != nil {
			out.Subject = &abi.SubjectRef{ID: *o.Subject}
		}
	})
}
