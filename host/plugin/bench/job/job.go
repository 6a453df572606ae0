// Package job is the small job that every way of running custom logic does here: an
// input document of about 1 KB in, an acr by rule out.
package job

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Want is the acr that the rule gives for Input.
const Want = "2.0"

// Input is what a step after a password and a one-time code sees.
func Input() abi.Input {
	at := time.Date(2026, 11, 23, 7, 0, 0, 123e6, time.UTC)
	current := "2.5"
	return abi.Input{
		ABI:     abi.Version,
		Call:    abi.Call{ID: "c_6Jt4mXw1Yb0", Type: "decide", Step: "mfa-done", Attempt: 1, Now: at, Interactive: true},
		Journey: abi.Journey{Name: "bank", Run: "r_q8ZC3uFh2Lk", StartedAt: at.Add(-time.Minute), Path: []string{"identify", "password", "code"}},
		Config:  json.RawMessage(`{}`),
		Request: abi.Request{ClientID: "bank-web", ACRValues: []string{"2.5", "2.0"}, Scope: []string{"openid", "profile"}, Prompt: []string{}, UILocales: []string{"en-GB", "en"}},
		ACR:     abi.ACR{Current: &current},
		AMR:     []string{"pwd", "otp", "mfa"},
		Evidence: []abi.Evidence{
			{Method: "pwd", AMR: []string{"pwd"}, At: at.Add(-40 * time.Second), Step: "password", Fresh: true},
			{Method: "totp", AMR: []string{"otp"}, At: at.Add(-8 * time.Second), Step: "code", Fresh: true},
		},
		Subject: &abi.Subject{ID: "u-000042", Username: "jane.doe@example.com", Claims: map[string]any{
			"name": "Jane Doe", "email": "jane.doe@example.com", "email_verified": true, "groups": []any{"staff", "finance"},
		}},
		Upstream: map[string]abi.Upstream{},
		Device:   abi.Device{IP: "203.0.113.7", UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"},
		Vars:     map[string]any{"risk": 0.12, "office": "inside"},
		State:    json.RawMessage(`null`),
	}
}

// Document is Input as a guest gets it.
func Document() ([]byte, error) {
	document, err := json.Marshal(Input())
	if err != nil {
		return nil, fmt.Errorf("encode the job's input: %w", err)
	}
	return document, nil
}

// Output is the answer to the job.
type Output struct {
	Outcome string `json:"outcome"`
	ACR     string `json:"acr"`
}

// Rule is the job's rule.
func Rule(amr []string) string {
	has := func(method string) bool { return slices.Contains(amr, method) }
	switch {
	case has("hwk"):
		return "2.5"
	case has("pwd") && has("otp"):
		return "2.0"
	case has("pwd"):
		return "1.5"
	}
	return "0"
}

// Native does the job without any border: it decodes the whole document into its
// type, and encodes the answer.
func Native(document []byte) ([]byte, error) {
	var in abi.Input
	if err := json.Unmarshal(document, &in); err != nil {
		return nil, fmt.Errorf("decode the input: %w", err)
	}
	return json.Marshal(Output{Outcome: "ok", ACR: Rule(in.AMR)})
}
