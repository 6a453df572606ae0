package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// The step runs natively here: no WebAssembly is needed to test it.
func TestOfficeHours(t *testing.T) {
	for _, row := range []struct {
		at, config, outcome, errorCode string
	}{
		{"2026-11-23T07:59:00Z", `{"from":"08:00","to":"18:00"}`, "outside", ""},
		{"2026-11-23T08:00:00Z", `{"from":"08:00","to":"18:00"}`, "inside", ""},
		{"2026-11-23T17:59:00Z", `{"from":"08:00","to":"18:00"}`, "inside", ""},
		{"2026-11-23T18:00:00Z", `{"from":"08:00","to":"18:00"}`, "outside", ""},
		{"2026-11-23T23:30:00Z", `{"from":"08:00","to":"18:00","utc_hours":9}`, "inside", ""},
		{"2026-11-23T08:00:00Z", `{"from":"eight","to":"18:00"}`, "", "config"},
	} {
		out := answer(t, row.at, row.config)
		code := ""
		if out.Error != nil {
			code = out.Error.Code
		}
		if out.Outcome != row.outcome || code != row.errorCode {
			t.Errorf("at %s with %s: outcome %q, error %q; want %q, %q", row.at, row.config, out.Outcome, code, row.outcome, row.errorCode)
		}
		if sets := len(out.ACR) > 0; sets != (row.outcome == "inside") {
			t.Errorf("at %s: acr is %s", row.at, out.ACR)
		}
	}
}

func answer(t *testing.T, at, config string) abi.Output {
	t.Helper()
	now, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	input, err := json.Marshal(abi.Input{
		ABI:    abi.Version,
		Call:   abi.Call{Type: "office-hours", Step: "hours", Attempt: 1, Now: now, Interactive: true},
		Config: json.RawMessage(config),
	})
	if err != nil {
		t.Fatal(err)
	}
	document, err := module.Answer(nil, input)
	if err != nil {
		t.Fatal(err)
	}
	var out abi.Output
	if err := json.Unmarshal(document, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
