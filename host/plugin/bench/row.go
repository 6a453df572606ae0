package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/acrhost/acrhost/host/plugin/bench/job"
)

// row is one way to do the job.
type row struct {
	group, name string
	// plain is the name of the row of the same group that this one is held against: the
	// same guest without limits and isolation.
	plain string
	// optional says that the runtime may refuse the row's mode for the guest.
	optional bool
	open     func(*setup) (call, error)
}

func (r row) String() string { return r.group + " " + r.name }

// call does the job once.
type call func() (answer, error)

// answer is what the job gave: either an output document, or the acr alone.
type answer struct {
	output []byte
	acr    json.RawMessage
	want   string // the acr as JSON; empty: the job's
	fuel   uint64
	mode   string // of this project's runtime
}

// check finds a wrong answer.
func (a answer) check() error {
	want := a.want
	if want == "" {
		want = `"` + job.Want + `"`
	}
	if a.acr == nil {
		var o struct{ ACR json.RawMessage }
		if err := json.Unmarshal(a.output, &o); err != nil {
			return fmt.Errorf("the answer %q is no document: %w", a.output, err)
		}
		a.acr = o.ACR
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(want)); err != nil {
		return fmt.Errorf("the expected acr %s is no JSON: %w", want, err)
	}
	if !bytes.Equal(a.acr, compact.Bytes()) {
		return fmt.Errorf("the answer is the acr %s, expected %s", a.acr, want)
	}
	return nil
}
