package plugin_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// TestStepsWriteWhatTheyDeclare: a step says of the user what its manifest declares of that
// step, whatever the plugin was granted for its sibling. An update by code alone gains nothing.
func TestStepsWriteWhatTheyDeclare(t *testing.T) {
	packed, err := artifact.Pack(wat(t, echo), []byte(`{"name":"com.example.x","version":"1.0.0","steps":{
		"key":{"outcomes":["ok"],"writes":{"vars":["risk.*"],"amr":["hwk"],"claims":["email"],"evidence":["passkey"],"subject":true}},
		"named":{"outcomes":["ok"],"writes":{"vars_from":["/name","/more"]},"config_schema":{"properties":{"name":{"default":"risk"}}}},
		"label":{"outcomes":["ok"]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	all := []string{"*"}
	m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{Wasm: packed, Grant: plugin.Grant{AMR: all, Claims: all, Evidence: all, Subject: true}})
	for _, test := range []struct{ step, config, says, want string }{
		{"key", "", `"vars":{"risk.x":1},"amr":["hwk"],"claims":{"email":"a"},"evidence":[{"method":"passkey","amr":["hwk"]}],"subject":{"id":"alice"}`, ""},
		{"key", "", `"vars":{"risk":1}`, `vars: "risk" is not declared`},
		{"key", "", `"amr":["mfa"]`, `amr: "mfa" is not declared`},
		{"key", "", `"claims":{"sub":"x"}`, `claims: "sub" is not declared`},
		{"key", "", `"evidence":[{"method":"pwd"}]`, `evidence: the method "pwd" is not declared`},
		{"key", "", `"evidence":[{"method":"passkey","amr":["mfa"]}]`, `evidence: the amr "mfa" is not declared`},
		{"label", "", `"acr":"2.0"`, ""}, // held to it where journeys are run
		{"label", "", `"vars":{"risk.x":1}`, `vars: "risk.x" is not declared`},
		{"label", "", `"amr":["hwk"]`, `amr: "hwk" is not declared`},
		{"label", "", `"claims":{"email":"a"}`, `claims: "email" is not declared`},
		{"label", "", `"evidence":[{"method":"passkey"}]`, `evidence: the method "passkey" is not declared`},
		{"label", "", `"subject":{"id":"alice"}`, `subject: setting it is not declared`},
		{"named", "", `"vars":{"risk":1}`, ""},
		{"named", `,"name":"own"`, `"vars":{"own":1}`, ""},
		{"named", `,"name":"own"`, `"vars":{"risk":1}`, `vars: "risk" is not declared`},
		{"named", `,"more":{"own":"config"}`, `"vars":{"own":1}`, ""},
		{"named", `,"more":{"own":"config"}`, `"vars":{"config":1}`, `vars: "config" is not declared`},
	} {
		config := fmt.Sprintf(`{"say":"~%x~"%s}`, `{"outcome":"ok",`+test.says+`}`, test.config)
		_, err := m.Call(t.Context(), abi.Input{Call: abi.Call{Type: test.step}, Config: json.RawMessage(config)}, nil)
		failed := failure(t, err)
		if test.want == "" && err != nil || test.want != "" && (failed.Class != plugin.GrantViolation || !strings.Contains(failed.Message, test.want)) {
			t.Errorf("%s says %s: %v, want %q", test.step, test.says, err, test.want)
		}
	}
}
