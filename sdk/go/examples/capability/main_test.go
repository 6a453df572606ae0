package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

func scoring(t *testing.T, d steptest.Double) abi.Output {
	t.Helper()
	return steptest.New(t, module.Steps[0]).
		Config(`{"url": "https://risk.example.com/score"}`).
		Input(func(in *abi.Input) { in.Device.IP = "203.0.113.7" }).
		Capability("http_fetch", d).
		Run()
}

func TestScores(t *testing.T) {
	for body, want := range map[string]string{`{"score": 0.3}`: "low", `{"score": 0.69}`: "low", `{"score": 0.7}`: "high", `{"score": 1}`: "high"} {
		out := scoring(t, steptest.Fake(func(q abi.HTTPFetch) (abi.Status, abi.HTTPFetched) {
			if q.Method != http.MethodPost || q.Body != `{"ip":"203.0.113.7"}` || q.Headers["content-type"] != "application/json" {
				t.Errorf("the request is %+v", q)
			}
			return abi.OK, abi.HTTPFetched{Status: 200, Headers: map[string]string{}, Body: body}
		}))
		if out.Outcome != want || out.Vars["risk"] == nil {
			t.Errorf("%s gives %+v", body, out)
		}
	}
}

func TestNoScore(t *testing.T) {
	out := scoring(t, steptest.Refuse(abi.UpstreamFault))
	if out.Error == nil || out.Error.Code != "upstream_fault" || !strings.Contains(out.Error.Message, "http_fetch") {
		t.Errorf("no answer gives %+v", out)
	}
	out = scoring(t, steptest.Fake(func(abi.HTTPFetch) (abi.Status, abi.HTTPFetched) {
		return abi.OK, abi.HTTPFetched{Status: 200, Headers: map[string]string{}, Body: "none today"}
	}))
	if out.Error == nil || out.Error.Code != "score" {
		t.Errorf("no number gives %+v", out)
	}
}
