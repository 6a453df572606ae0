package step_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

// echo gives its configuration back, as a variable.
type echo struct {
	Name  string        `json:"name" schema:"required"`
	Flag  bool          `json:"flag" default:"true"`
	Count int           `json:"count" default:"6"`
	Age   step.Duration `json:"age" default:"5m"`
	Inner struct {
		Word string `json:"word" default:"inner"`
	} `json:"inner"`
	List []element `json:"list"`
}

func (e echo) Run(*step.Context) step.Result { return step.Outcome("ok").WithVar("config", e) }

func TestConfig(t *testing.T) {
	tests := []struct {
		name, config, want string
	}{
		{"defaults", `{"name":"n"}`, `{"name":"n","flag":true,"count":6,"age":"5m0s","inner":{"word":"inner"},"list":null}`},
		{"what is said beats them", `{"name":"n","flag":false,"count":0,"age":"1h30m","inner":{"word":""},"list":[{"value":"v"}]}`,
			`{"name":"n","flag":false,"count":0,"age":"1h30m0s","inner":{"word":""},"list":[{"value":"v"}]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := steptest.New(t, step.Define[echo]("echo", step.Description{Outcomes: []string{"ok"}, Writes: abi.Writes{Vars: []string{"config"}}})).Config(tt.config).Run()
			var want any
			if err := json.Unmarshal([]byte(tt.want), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.Vars["config"]); diff != "" {
				t.Errorf("configuration (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConfigRefused(t *testing.T) {
	tests := []struct {
		name, config, want string
	}{
		{"required", `{}`, "config.name is required"},
		{"null", `{"name":null}`, "config.name is required"},
		{"required in a list", `{"name":"n","list":[{"value":"v"},{}]}`, "config.list[1].value is required"},
		{"unknown", `{"name":"n","other":"x"}`, `config: unknown field "other"`},
		{"another type", `{"name":1}`, "config.name: a text is expected, found a number"},
		{"a duration", `{"name":"n","age":"soon"}`, `config: "soon" is not a duration such as "10m"`},
		{"no time", `{"name":"n","age":"0s"}`, `config: "0s" is not a duration such as "10m"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fault := steptest.New(t, step.Define[echo]("echo", step.Description{Outcomes: []string{"ok"}})).
				Config(tt.config).Fault()
			if fault.Code != "config" || fault.Message != tt.want {
				t.Errorf("error %+v, want %q", fault, tt.want)
			}
		})
	}
}

func TestDurationSeconds(t *testing.T) {
	for d, want := range map[time.Duration]int64{time.Millisecond: 1, time.Second: 1, 1001 * time.Millisecond: 2, time.Hour: 3600} {
		if got := step.Duration(d).Seconds(); got != want {
			t.Errorf("%s: %d seconds, want %d", d, got, want)
		}
	}
}

// FuzzDuration: the schema, which the host asks, and the decoder, which the step
// asks, let the same texts pass, but for decimals and signs that only Go knows and
// sums that no clock holds.
func FuzzDuration(f *testing.F) {
	for _, seed := range []string{"10m", "1h30m", "0s", "0h1s", "00m", "-1s", "1.5s", "999999h", "m", "", "10", "1us", "1s1"} {
		f.Add(seed)
	}
	accepts := schemaOf(f, step.Duration(0).JSONSchema())
	f.Fuzz(func(t *testing.T, text string) {
		document, err := json.Marshal(text)
		if err != nil {
			t.Skip()
		}
		var d step.Duration
		err = json.Unmarshal(document, &d)
		if err == nil && time.Duration(d) <= 0 {
			t.Errorf("%q is %s", text, time.Duration(d))
		}
		if _, goErr := time.ParseDuration(text); accepts(document) && err != nil && goErr == nil {
			t.Errorf("the schema accepts %q, the decoder says %v", text, err)
		}
	})
}
