package main

import (
	"strings"

	"github.com/acrhost/acrhost/sdk/go/step"
)

// Size is how much to read and to write.
type Size struct {
	Text string `json:"text" default:"" doc:"What is read."`
	Fill int    `json:"fill" default:"0" doc:"How much is written."`
}

// Run tells how much was read, and writes as much as it is told.
func (s Size) Run(*step.Context) step.Result {
	return step.Outcome("ok").WithVar("bytes", len(s.Text)).WithVar("fill", strings.Repeat("x", max(s.Fill, 0)))
}
