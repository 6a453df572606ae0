package main

import "github.com/acrhost/acrhost/sdk/go/step"

// Log is what to log.
type Log struct {
	Text string `json:"text" schema:"required" doc:"The text of each line."`
}

// Run logs it, at each level.
func (l Log) Run(ctx *step.Context) step.Result {
	ctx.Log(step.Debug, "debug: "+l.Text)
	ctx.Log(step.Info, "info: "+l.Text)
	ctx.Log(step.Warn, "warn: "+l.Text)
	ctx.Log(step.Error, "error: "+l.Text)
	return step.Outcome("ok")
}
