package mapclaims_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/plugins/mapclaims"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

const claims = `{
	"assurance":"high-4","level":2,"exact":1.5,"strong":true,"factors":["face","otp"],"one":["mfa"],
	"context":{"level":"gold","methods":["pwd",{"x":1},["no"],3]},"https://acme.example/level":"silver","null":null,"empty":""}`

func mapped(t *testing.T, config string) abi.Output {
	t.Helper()
	var known map[string]any
	if err := json.Unmarshal([]byte(claims), &known); err != nil {
		t.Fatal(err)
	}
	return steptest.New(t, mapclaims.Type()).Config(config).
		Input(func(in *abi.Input) { in.Upstream = map[string]abi.Upstream{"acme": {Claims: known}} }).Run()
}

func TestACR(t *testing.T) {
	for rules, want := range map[string]string{
		`[{"value":"2.0"}]`:                                                                       `"2.0"`,
		`[{"claim":"assurance","as_is":true}]`:                                                    `"high-4"`,
		`[{"claim":"assurance","equals":"low","value":"1"},{"value":"0"}]`:                        `"0"`,
		`[{"claim":"assurance","matches":"high-*","value":"2.5"}]`:                                `"2.5"`,
		`[{"claim":"assurance","matches":"h*h*4","value":"2.5"}]`:                                 `"2.5"`,
		`[{"claim":"assurance","matches":"high","value":"2.5"}]`:                                  ``,
		`[{"claim":"assurance","matches":"high-4*4","value":"2.5"}]`:                              ``,
		`[{"claim":"level","map":{"1":"1.0","2":"2.0"}}]`:                                         `"2.0"`,
		`[{"claim":"level","map":{"1":"1.0"}}]`:                                                   ``,
		`[{"claim":"exact","as_is":true}]`:                                                        `"1.5"`,
		`[{"claim":"strong","equals":"true","value":"3"}]`:                                        `"3"`,
		`[{"claim":"factors","equals":"otp","value":"2fa"}]`:                                      `"2fa"`,
		`[{"claim":"factors","as_is":true},{"claim":"one","as_is":true}]`:                         `"mfa"`,
		`[{"claim":"factors","map":{"otp":"2.0"}}]`:                                               `"2.0"`,
		`[{"claim":"/context/level","as_is":true}]`:                                               `"gold"`,
		`[{"claim":"https://acme.example/level","as_is":true}]`:                                   `"silver"`,
		`[{"claim":"/context/methods/*","equals":"pwd","value":"1.0"}]`:                           `"1.0"`,
		`[{"claim":"context","as_is":true}]`:                                                      `{"level":"gold","methods":["pwd",{"x":1},["no"],3]}`,
		`[{"claim":"absent","as_is":true},{"claim":"null","as_is":true}]`:                         ``,
		`[{"claim":"empty","as_is":true}]`:                                                        ``,
		`[{"claim":"level","equals":"2","value":"a"},{"claim":"level","equals":"2","value":"b"}]`: `"a"`,
	} {
		got := mapped(t, `{"provider":"acme","acr":`+rules+`}`)
		if got.Outcome != "ok" || string(got.ACR) != want {
			t.Errorf("%s: got %+v, acr %s", rules, got, got.ACR)
		}
	}
}

func TestAMR(t *testing.T) {
	for rules, want := range map[string][]string{
		`[{"value":"pwd"},{"value":"otp"},{"value":"pwd"}]`:                            {"pwd", "otp"},
		`[{"claim":"factors","as_is":true}]`:                                           {"face", "otp"},
		`[{"claim":"factors","matches":"f*","as_is":true}]`:                            {"face"},
		`[{"claim":"factors","map":{"face":"fpt","otp":"otp"}}]`:                       {"fpt", "otp"},
		`[{"claim":"/context/methods","as_is":true}]`:                                  {"pwd", "3"},
		`[{"claim":"strong","equals":"true","value":"mfa"},{"claim":"x","value":"y"}]`: {"mfa"},
		`[]`: nil,
	} {
		got := mapped(t, `{"provider":"acme","amr":`+rules+`}`)
		if diff := cmp.Diff(want, got.AMR); diff != "" || got.ACR != nil {
			t.Errorf("%s: %s", rules, diff)
		}
	}
}

// Explicit values need no claims; rules about claims do.
func TestWithoutClaims(t *testing.T) {
	explicit := steptest.New(t, mapclaims.Type()).Config(`{"acr":[{"value":"2"}],"amr":[{"value":"pwd"}]}`).Run()
	if explicit.Outcome != "ok" || string(explicit.ACR) != `"2"` || len(explicit.AMR) != 1 {
		t.Errorf("explicit values: %+v", explicit)
	}
	for _, config := range []string{`{"provider":"acme"}`, `{"acr":[{"claim":"x","as_is":true}]}`} {
		if got := steptest.New(t, mapclaims.Type()).Config(config).Run(); got.Error == nil || got.Error.Code != "no_claims" {
			t.Errorf("%s: got %+v", config, got)
		}
	}
}

func TestConfigRefused(t *testing.T) {
	for _, rule := range []string{
		`{}`, `{"claim":"x"}`, `{"claim":"x","value":"1","as_is":true}`, `{"equals":"x","value":"1"}`, `{"as_is":true}`, `{"map":{"a":"b"}}`,
		`{"claim":"x","equals":"a","matches":"b","value":"1"}`, `{"claim":"x","value":""}`, `{"claim":"x","map":{}}`,
	} {
		if fault := steptest.New(t, mapclaims.Type()).Config(`{"provider":"acme","acr":[` + rule + `]}`).Fault(); fault.Code != "config" {
			t.Errorf("%s: %+v", rule, fault)
		}
	}
}

// TestGivenProvider: what another provider said is nothing to the rules.
func TestGivenProvider(t *testing.T) {
	for provider, want := range map[string]string{"acme": `"gold"`, "other": `"lead"`} {
		got := steptest.New(t, mapclaims.Type()).Config(`{"provider":"` + provider + `","acr":[{"claim":"level","as_is":true}]}`).
			Input(func(in *abi.Input) {
				in.Upstream = map[string]abi.Upstream{
					"acme": {Claims: map[string]any{"level": "gold"}}, "other": {Claims: map[string]any{"level": "lead"}},
				}
			}).Run()
		if string(got.ACR) != want {
			t.Errorf("%s: %s", provider, got.ACR)
		}
	}
}
