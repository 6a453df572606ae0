package vectors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// The name and the version of the tck guest.
const (
	Module  = "com.example.tck"
	Version = "1.0.0"
)

// declared is what the manifest has to say of a step type.
type declared struct {
	outcomes, capabilities, fetches, reads []string
	writes                                 abi.Writes
	accepts, refuses                       []string // configurations
	defaults                               map[string]string
}

// steps are the step types of the tck guest.
func steps() map[string]declared {
	anyVar := abi.Writes{Vars: []string{"*"}}
	ok := []string{"ok"}
	return map[string]declared{
		"echo": {outcomes: ok, reads: []string{"subject.claims", "upstream", "device", "vars"}, writes: anyVar,
			accepts: []string{`{}`}, refuses: []string{`{"any":1}`, `[]`, `null`}},
		"config": {outcomes: ok, writes: anyVar,
			accepts: []string{
				`{"text":""}`, `{"text":"t","count":-9007199254740991,"limit":1,"ratio":1e-7,"names":[],"table":{},"options":[],"any":{"a":[]}}`,
				`{"text":"t","choice":"high","flag":false,"names":["a"],"table":{"a":"b"},"options":[{"value":"a"},{"value":"b","label":"B"}],"any":"x"}`,
			},
			refuses: []string{
				`{}`, `{"text":1}`, `{"text":"t","later":1}`, `{"text":"t","choice":"middle"}`, `{"text":"t","count":1.5}`, `{"text":"t","count":"6"}`,
				`{"text":"t","ratio":"1"}`, `{"text":"t","flag":"true"}`, `{"text":"t","limit":true}`, `{"text":"t","names":"a"}`, `{"text":"t","names":[1]}`,
				`{"text":"t","table":{"a":1}}`, `{"text":"t","table":[]}`, `{"text":"t","options":[{}]}`, `{"text":"t","options":[{"value":"a","later":1}]}`,
				`{"text":"t","options":["a"]}`, `{"text":"t","word":[]}`,
			},
			defaults: map[string]string{"word": `"plain"`, "choice": `"low"`, "count": `6`, "ratio": `0.5`, "flag": `true`}},
		"outcome": {outcomes: []string{"ok", "other"},
			writes:   abi.Writes{Vars: []string{"*"}, ACR: []string{"*"}, AMR: []string{"face", "hwk"}, Claims: []string{"department"}, Evidence: []string{"face"}, Subject: true},
			accepts:  []string{`{}`, `{"acr":"x"}`, `{"outcome":"other","acr":{"a":1},"vars":{"a":[]},"claims":{"a":1},"amr":["a"],"evidence":[{"method":"a"},{"method":"b","amr":["a"]}],"subject":"u"}`},
			refuses:  []string{`{"outcome":1}`, `{"vars":[]}`, `{"claims":"x"}`, `{"amr":["a",1]}`, `{"evidence":[{"amr":[]}]}`, `{"evidence":[{"method":"a","at":1}]}`, `{"subject":{"id":"u"}}`, `{"later":1}`},
			defaults: map[string]string{"outcome": `"ok"`}},
		"prompt": {outcomes: ok, writes: abi.Writes{Vars: []string{"form", "action", "round", "note", "otp"}}, accepts: []string{`{}`}, refuses: []string{`{"any":1}`}},
		"redirect": {outcomes: []string{"ok", "failed"}, capabilities: []string{"upstream_begin", "upstream_finish"}, writes: anyVar,
			accepts: []string{`{}`, `{"provider":"p","prompt":"none","max_age":60,"login_hint":"a"}`}, refuses: []string{`{"provider":1}`, `{"max_age":"1"}`, `{"any":1}`}, defaults: map[string]string{"provider": `"acme"`}},
		"fetch": {outcomes: []string{"ok", "refused"}, capabilities: []string{"http_fetch"}, fetches: []string{"* config/url"}, writes: anyVar,
			accepts:  []string{`{"url":"u"}`, `{"url":"u","method":"POST","body":"b","headers":{"a":"b"},"strict":true}`},
			refuses:  []string{`{}`, `{"url":1}`, `{"url":"u","headers":{"a":1}}`, `{"url":"u","strict":"x"}`, `{"url":"u","any":1}`},
			defaults: map[string]string{"strict": `false`}},
		"otp": {outcomes: []string{"ok", "failed", "wait"}, capabilities: []string{"otp_send", "otp_verify"}, writes: anyVar,
			accepts: []string{`{}`, `{"channel":"email","code":"1"}`}, refuses: []string{`{"code":1}`, `{"any":1}`}, defaults: map[string]string{"channel": `"sms"`}},
		"user": {outcomes: []string{"ok", "failed", "unknown"}, capabilities: []string{"user_identify", "password_verify", "user_factors"}, writes: anyVar,
			accepts: []string{`{"username":"u","password":"p"}`}, refuses: []string{`{}`, `{"username":"u"}`, `{"password":"p"}`, `{"username":1,"password":"p"}`}},
		"factor": {outcomes: []string{"ok", "refused"}, writes: anyVar,
			capabilities: []string{
				"password_verify", "password_set", "passkey_login_options", "passkey_login", "passkey_register_options", "passkey_register",
				"totp_verify", "totp_enroll", "totp_confirm", "recovery_verify", "recovery_generate", "recovery_confirm",
				"address_enroll", "address_confirm", "consent_check", "consent_give",
			},
			accepts: []string{`{"call":"c"}`, `{"call":"c","value":"v","channel":"email","username":"u","name":"n","user_verification":"required"}`},
			refuses: []string{`{}`, `{"call":1}`, `{"call":"c","value":1}`, `{"call":"c","any":1}`}, defaults: map[string]string{"value": `""`, "channel": `"sms"`}},
		"fail": {outcomes: ok, accepts: []string{`{}`, `{"how":"abort","code":"c","message":"m"}`}, refuses: []string{`{"code":1}`, `{"any":1}`},
			defaults: map[string]string{"how": `"document"`, "code": `""`, "message": `""`}},
		"log": {outcomes: ok, writes: anyVar, accepts: []string{`{"text":"t"}`}, refuses: []string{`{}`, `{"text":1}`}},
		"size": {outcomes: ok, writes: anyVar, accepts: []string{`{}`, `{"text":"t","fill":3}`}, refuses: []string{`{"fill":"3"}`, `{"fill":0.5}`, `{"any":1}`},
			defaults: map[string]string{"text": `""`, "fill": `0`}},
	}
}

// Manifest lists what a manifest says that the tck guest's must not, or the other way
// round: a line each, none when all is well.
func Manifest(m abi.Manifest) []string {
	var faults []string
	add := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if m.Name != Module {
		add("name: expected %q, got %q", Module, m.Name)
	}
	if m.Version != Version {
		add("version: expected %q, got %q", Version, m.Version)
	}
	for name := range maps.Keys(m.Steps) {
		if _, ok := steps()[name]; !ok {
			add("steps: %q is none of the tck guest's", name)
		}
	}
	for name, want := range steps() {
		got, ok := m.Steps[name]
		if !ok {
			add("steps: %q is missing", name)
			continue
		}
		for _, fault := range want.compare(got) {
			add("steps.%s.%s", name, fault)
		}
	}
	slices.Sort(faults)
	return faults
}

// compare lists how a step type differs from what it has to declare.
func (d declared) compare(got abi.StepType) []string {
	var faults []string
	set := func(what string, want, have []string) {
		want, have = slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(have))
		if !slices.Equal(want, have) {
			faults = append(faults, fmt.Sprintf("%s: expected %q, got %q", what, want, have))
		}
	}
	set("outcomes", d.outcomes, got.Outcomes)
	set("outcomes_from", nil, got.OutcomesFrom)
	set("capabilities", d.capabilities, got.Capabilities)
	set("fetches", d.fetches, got.Fetches)
	set("reads", d.reads, got.Reads)
	w, g := d.writes, got.Writes
	set("writes.vars", w.Vars, g.Vars)
	set("writes.acr", w.ACR, g.ACR)
	set("writes.amr", w.AMR, g.AMR)
	set("writes.claims", w.Claims, g.Claims)
	set("writes.evidence", w.Evidence, g.Evidence)
	set("writes.vars_from and acr_from", nil, slices.Concat(g.VarsFrom, g.ACRFrom))
	if w.Subject != g.Subject {
		faults = append(faults, fmt.Sprintf("writes.subject: expected %v, got %v", w.Subject, g.Subject))
	}
	return append(faults, d.compareSchema(got.ConfigSchema)...)
}

// compareSchema holds a configuration's schema to what it accepts, not to how it is
// written.
func (d declared) compareSchema(document json.RawMessage) []string {
	wrong := func(format string, args ...any) []string {
		return []string{"config_schema: " + fmt.Sprintf(format, args...)}
	}
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return wrong("it is no JSON: %v", err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.json", tree); err != nil {
		return wrong("%v", err)
	}
	schema, err := c.Compile("config.json")
	if err != nil {
		return wrong("%s", strings.ReplaceAll(err.Error(), "\n", " "))
	}
	var head struct {
		Schema     string `json:"$schema"`
		Properties map[string]struct {
			Default json.RawMessage `json:"default"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(document, &head); err != nil {
		return wrong("%v", err)
	}
	var faults []string
	if schema.DraftVersion != 2020 || head.Schema == "" {
		faults = append(faults, wrong("$schema has to say that it is 2020-12")...)
	}
	for _, config := range d.accepts {
		if !valid(schema, config) {
			faults = append(faults, wrong("it refuses %s", config)...)
		}
	}
	for _, config := range d.refuses {
		if valid(schema, config) {
			faults = append(faults, wrong("it accepts %s", config)...)
		}
	}
	for name, want := range d.defaults {
		if got := head.Properties[name].Default; !sameJSON(want, got) {
			faults = append(faults, wrong("the default of %s: expected %s, got %q", name, want, got)...)
		}
	}
	return faults
}

func valid(schema *jsonschema.Schema, config string) bool {
	tree, err := jsonschema.UnmarshalJSON(strings.NewReader(config))
	return err == nil && schema.Validate(tree) == nil
}

// sameJSON compares two plain values.
func sameJSON(a string, b []byte) bool {
	var left, right any
	if json.Unmarshal([]byte(a), &left) != nil || json.Unmarshal(b, &right) != nil {
		return false
	}
	return left == right
}
