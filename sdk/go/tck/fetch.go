package main

import (
	"errors"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Fetch is the request to make.
type Fetch struct {
	URL     string            `json:"url" schema:"required" doc:"Where."`
	Method  string            `json:"method" doc:"How."`
	Body    string            `json:"body" doc:"With what."`
	Headers map[string]string `json:"headers" doc:"With which headers."`
	Strict  bool              `json:"strict" default:"false" doc:"Any other status than 0 is an error."`
}

// shownBody is how much of a body is shown whole, in bytes; tail of a longer one.
const (
	shownBody = 1000
	tail      = 8
)

// Run makes the request and tells what came.
func (f Fetch) Run(ctx *step.Context) step.Result {
	got, err := capability.FetchHTTP(ctx, abi.HTTPFetch{Method: f.Method, URL: f.URL, Headers: f.Headers, Body: f.Body})
	if refused, ok := errors.AsType[*step.CallError](err); ok && !f.Strict {
		return step.Outcome("refused").WithVar("status", int(refused.Status))
	}
	if err != nil {
		return step.Failed(err)
	}
	body := got.Body
	if len(body) > shownBody {
		runes := []rune(body)
		body = string(runes[len(runes)-tail:])
	}
	return step.Outcome("ok").
		WithVar("status", got.Status).
		WithVar("headers", got.Headers).
		WithVar("length", len(got.Body)).
		WithVar("body", body)
}
