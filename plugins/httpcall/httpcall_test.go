package httpcall_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/plugins/httpcall"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

// call makes a request with an answer, and gives the request too.
func call(t *testing.T, config string, answer abi.HTTPFetched) (abi.Output, string) {
	t.Helper()
	var request []byte
	out := steptest.New(t, httpcall.Type()).Config(config).Capability("http_fetch", func(q []byte) (abi.Status, []byte) {
		request = q
		document, err := json.Marshal(answer)
		if err != nil {
			t.Fatal(err)
		}
		return abi.OK, document
	}).Run()
	return out, string(request)
}

func TestAsks(t *testing.T) {
	for config, want := range map[string]string{
		`{"url":"https://risk.example/","variable":"risk"}`:                                                       `{"method":"GET","url":"https://risk.example/","headers":{}}`,
		`{"url":"https://risk.example/","variable":"risk","method":"POST","body":{"ip":"1"},"headers":{"A":"b"}}`: `{"method":"POST","url":"https://risk.example/","headers":{"a":"b","content-type":"application/json"},"body":"{\"ip\":\"1\"}"}`,
		`{"url":"https://risk.example/","variable":"risk","method":"PUT","body":"a=\"b\""}`:                       `{"method":"PUT","url":"https://risk.example/","headers":{},"body":"a=\"b\""}`,
		`{"url":"https://risk.example/","variable":"risk","body":[1],"headers":{"Content-Type":"x/y"}}`:           `{"method":"GET","url":"https://risk.example/","headers":{"content-type":"x/y"},"body":"[1]"}`,
	} {
		if _, request := call(t, config, abi.HTTPFetched{Status: 200}); request != want {
			t.Errorf("%s: asked %s", config, request)
		}
	}
}

func TestAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		answer  abi.HTTPFetched
		outcome string
		body    any
	}{
		"JSON":           {abi.HTTPFetched{Status: 200, Headers: map[string]string{"content-type": "application/json; charset=utf-8"}, Body: `{"score":0.3}`}, "ok", map[string]any{"score": 0.3}},
		"a problem":      {abi.HTTPFetched{Status: 409, Headers: map[string]string{"content-type": "application/problem+json"}, Body: `{"title":"no"}`}, "failed", map[string]any{"title": "no"}},
		"a text":         {abi.HTTPFetched{Status: 201, Body: "<b>"}, "ok", "<b>"},
		"no JSON at all": {abi.HTTPFetched{Status: 200, Headers: map[string]string{"content-type": "application/json"}, Body: `<html>`}, "failed", nil},
		"too long":       {abi.HTTPFetched{Status: 200, Body: strings.Repeat("x", 32<<10+1)}, "failed", nil},
		"a redirect":     {abi.HTTPFetched{Status: 302, Body: "x"}, "failed", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := call(t, `{"url":"https://risk.example/","variable":"risk"}`, tt.answer)
			want := map[string]any{"status": float64(tt.answer.Status), "body": tt.body}
			if diff := cmp.Diff(want, got.Vars["risk"]); diff != "" || got.Outcome != tt.outcome {
				t.Errorf("outcome %q: %s", got.Outcome, diff)
			}
		})
	}
}

func TestNoAnswer(t *testing.T) {
	for status, want := range map[abi.Status]string{abi.UpstreamFault: "failed", abi.LimitReached: "failed", abi.Denied: "", abi.BadRequest: ""} {
		got := steptest.New(t, httpcall.Type()).Config(`{"url":"https://risk.example/","variable":"risk"}`).Capability("http_fetch", steptest.Refuse(status)).Run()
		if got.Outcome != want || (want == "") != (got.Error != nil) {
			t.Errorf("%v: got %+v", status, got)
		}
	}
}

func TestConfigRefused(t *testing.T) {
	for _, config := range []string{`{}`, `{"url":"https://a.example/"}`} {
		if fault := steptest.New(t, httpcall.Type()).Config(config).Fault(); fault.Code != "config" {
			t.Errorf("%s: %+v", config, fault)
		}
	}
}
