package setacr_test

import (
	"testing"

	"github.com/acrhost/acrhost/plugins/setacr"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

func TestSets(t *testing.T) {
	for config, want := range map[string]string{
		`{"acr":"2.0"}`:                         `"2.0"`,
		`{"acr":"assurance:1.5|device:0.8"}`:    `"assurance:1.5|device:0.8"`,
		`{"acr":"urn:okta:loa:2fa:any"}`:        `"urn:okta:loa:2fa:any"`,
		`{"acr":{"b":1,"a":{"c":[true,null]}}}`: `{"b":1,"a":{"c":[true,null]}}`,
		`{"acr":{"exact":9007199254740993}}`:    `{"exact":9007199254740993}`,
		`{"acr": {} }`:                          `{}`,
	} {
		got := steptest.New(t, setacr.Type()).Config(config).Run()
		if got.Outcome != "ok" || string(got.ACR) != want {
			t.Errorf("%s: got %+v, acr %s", config, got, got.ACR)
		}
	}
}

func TestRefuses(t *testing.T) {
	for _, config := range []string{
		`{}`, `{"acr":""}`, `{"acr":null}`, `{"acr":2.5}`, `{"acr":["2.5"]}`, `{"acr":true}`, `{"acr":"1","value":"2"}`,
	} {
		if fault := steptest.New(t, setacr.Type()).Config(config).Fault(); fault.Code != "config" {
			t.Errorf("%s: error %+v", config, fault)
		}
	}
}
