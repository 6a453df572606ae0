package main

import "github.com/acrhost/acrhost/sdk/go/step"

// Fail is how to go wrong.
type Fail struct {
	How     string `json:"how" default:"document" doc:"document or abort."`
	Code    string `json:"code" default:"" doc:"The error's code."`
	Message string `json:"message" default:"" doc:"The error's message."`
}

// Run goes wrong.
func (f Fail) Run(*step.Context) step.Result {
	if f.How == "abort" {
		panic("all is lost")
	}
	return step.Fail(f.Code, f.Message)
}
