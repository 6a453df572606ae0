package plugin_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// answer is what a guest's document comes to.
func answer(t *testing.T, r *plugin.Runtime, g plugin.Grant, document string) (abi.Output, *plugin.Error) {
	t.Helper()
	m := load(t, r, plugin.Spec{Wasm: wat(t, answering(document)), Grant: g})
	res, err := m.Call(t.Context(), abi.Input{}, nil)
	return res.Output, failure(t, err)
}

func TestOutputsThatAreTaken(t *testing.T) {
	r := newRuntime(t, plugin.Config{})
	for _, document := range []string{
		`{"outcome":"ok"}`,
		" \n\t{\"outcome\":\"ok\"}\r\n ",
		`{"outcome":"ok","acr":"2.5","vars":{"risk":0.3,"list":[1,{"a":null}]}}`,
		`{"outcome":"ok","acr":{"b":1,"a":{"c":true}}}`,
		`{"prompt":{"title":"<b>","fields":[{"name":"code","type":"otp","required":true}],"actions":[{"name":"submit"}]},"state":{"n":1}}`,
		`{"prompt":{"fields":[{"name":"choice","type":"radio","options":[{"value":"a"},{"value":"b","label":"B"}]}]}}`,
	} {
		if _, failed := answer(t, r, plugin.Grant{}, document); failed.Class != "" {
			t.Errorf("%s: %v", document, failed)
		}
	}
}

func TestOutputsThatAreRefused(t *testing.T) {
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	r := newRuntime(t, plugin.Config{})
	for name, row := range map[string]struct {
		document string
		class    plugin.Class
	}{
		"nothing":               {"", plugin.OutputInvalid},
		"no object":             {`"ok"`, plugin.OutputInvalid},
		"empty":                 {`{}`, plugin.OutputInvalid},
		"cut":                   {`{"outcome":"ok"`, plugin.OutputInvalid},
		"trailing data":         {`{"outcome":"ok"} x`, plugin.OutputInvalid},
		"two documents":         {`{"outcome":"ok"}{"outcome":"ok"}`, plugin.OutputInvalid},
		"trailing comma":        {`{"outcome":"ok",}`, plugin.OutputInvalid},
		"comment":               {`{"outcome":"ok"/**/}`, plugin.OutputInvalid},
		"bad UTF-8":             {"{\"outcome\":\"o\xffk\"}", plugin.OutputInvalid},
		"half a surrogate":      {`{"outcome":"ok","vars":{"x":"\ud800"}}`, plugin.OutputInvalid},
		"byte order mark":       {"\xef\xbb\xbf{\"outcome\":\"ok\"}", plugin.OutputInvalid},
		"duplicate member":      {`{"outcome":"ok","outcome":"admin"}`, plugin.OutputInvalid},
		"duplicate in vars":     {`{"outcome":"ok","vars":{"a":1,"a":2}}`, plugin.OutputInvalid},
		"escaped duplicate":     {`{"outcome":"ok","\u006futcome":"admin"}`, plugin.OutputInvalid},
		"unknown member":        {`{"outcome":"ok","admin":true}`, plugin.OutputInvalid},
		"unknown in prompt":     {`{"prompt":{"html":"<script>"}}`, plugin.OutputInvalid},
		"other case":            {`{"Outcome":"ok"}`, plugin.OutputInvalid},
		"other case beside":     {`{"outcome":"ok","ACR":"9"}`, plugin.OutputInvalid},
		"deep":                  {`{"outcome":"ok","vars":{"x":` + deep + `}}`, plugin.OutputInvalid},
		"two kinds":             {`{"outcome":"ok","prompt":{}}`, plugin.OutputInvalid},
		"outcome and error":     {`{"outcome":"ok","error":{"code":"x","message":""}}`, plugin.OutputInvalid},
		"state with outcome":    {`{"outcome":"ok","state":{}}`, plugin.OutputInvalid},
		"acr with prompt":       {`{"prompt":{},"acr":"2.5"}`, plugin.OutputInvalid},
		"null outcome":          {`{"outcome":null}`, plugin.OutputInvalid},
		"acr empty":             {`{"outcome":"ok","acr":""}`, plugin.OutputInvalid},
		"acr number":            {`{"outcome":"ok","acr":2.5}`, plugin.OutputInvalid},
		"acr list":              {`{"outcome":"ok","acr":["2.5"]}`, plugin.OutputInvalid},
		"acr null":              {`{"outcome":"ok","acr":null}`, plugin.OutputInvalid},
		"acr with a line break": {`{"outcome":"ok","acr":"2.5\n"}`, plugin.OutputInvalid},
		"field without type":    {`{"prompt":{"fields":[{"name":"x"}]}}`, plugin.OutputInvalid},
		"field of unknown type": {`{"prompt":{"fields":[{"name":"x","type":"file"}]}}`, plugin.OutputInvalid},
		"field named as ours":   {`{"prompt":{"fields":[{"name":"_token","type":"hidden"}]}}`, plugin.OutputInvalid},
		"field twice":           {`{"prompt":{"fields":[{"name":"x","type":"text"},{"name":"x","type":"text"}]}}`, plugin.OutputInvalid},
		"secret read only":      {`{"prompt":{"fields":[{"name":"x","type":"new_password","read_only":true}]}}`, plugin.OutputInvalid},
		"select of nothing":     {`{"prompt":{"fields":[{"name":"x","type":"select"}]}}`, plugin.OutputInvalid},
		"error without code":    {`{"error":{"code":"","message":"x"}}`, plugin.OutputInvalid},
		"error document":        {`{"error":{"code":"no_phone","message":"none"}}`, plugin.GuestError},
		"amr not granted":       {`{"outcome":"ok","amr":["hwk"]}`, plugin.GrantViolation},
		"evidence not granted":  {`{"outcome":"ok","evidence":[{"method":"passkey","amr":["hwk"]}]}`, plugin.GrantViolation},
		"claim not granted":     {`{"outcome":"ok","claims":{"role":"admin"}}`, plugin.GrantViolation},
		"subject not granted":   {`{"outcome":"ok","subject":{"id":"root"}}`, plugin.GrantViolation},
	} {
		t.Run(name, func(t *testing.T) {
			out, failed := answer(t, r, plugin.Grant{}, row.document)
			if failed.Class != row.class || failed.Message == "" {
				t.Errorf("got %v, want %s", failed, row.class)
			}
			if out.Outcome != "" || out.ACR != nil || out.Vars != nil {
				t.Errorf("something of it was taken: %+v", out)
			}
		})
	}
}

// TestGrant holds what a guest says against what it may say.
func TestGrant(t *testing.T) {
	r := newRuntime(t, plugin.Config{})
	grant := plugin.Grant{
		Vars: []string{"risk", "acme_*"}, ACR: []string{"1.*"}, AMR: []string{"user"},
		Claims: []string{"role"}, Evidence: []string{"device"}, Subject: true,
	}
	for document, want := range map[string]plugin.Class{
		`{"outcome":"ok","vars":{"risk":1,"acme_score":2}}`:                       "",
		`{"outcome":"ok","vars":{"other":1}}`:                                     plugin.GrantViolation,
		`{"outcome":"ok","acr":"1.5"}`:                                            "",
		`{"outcome":"ok","acr":"2.5"}`:                                            plugin.GrantViolation,
		`{"outcome":"ok","acr":{"a":1}}`:                                          plugin.GrantViolation,
		`{"outcome":"ok","amr":["user"]}`:                                         "",
		`{"outcome":"ok","amr":["user","hwk"]}`:                                   plugin.GrantViolation,
		`{"outcome":"ok","claims":{"role":"x"},"evidence":[{"method":"device"}]}`: "",
		`{"outcome":"ok","claims":{"role":"x","email":"y"}}`:                      plugin.GrantViolation,
		`{"outcome":"ok","evidence":[{"method":"pwd"}]}`:                          plugin.GrantViolation,
		`{"outcome":"ok","evidence":[{"method":"device","amr":["hwk"]}]}`:         plugin.GrantViolation,
		`{"outcome":"ok","subject":{"id":"u_1"}}`:                                 "",
	} {
		if _, failed := answer(t, r, grant, document); failed.Class != want {
			t.Errorf("%s: got %v, want %q", document, failed, want)
		}
	}
}

// TestOutcomesOfTheManifest refuses an outcome that the step type does not declare.
func TestOutcomesOfTheManifest(t *testing.T) {
	manifest := `{"name":"com.example.x","version":"1","steps":{"pick":{"outcomes":["none"],"outcomes_from":["/options/*"]}}}`
	text := strings.Replace(answering(`{"outcome":"b"}`), "(func (export \"acrhost_step_v1\")", `
  (data (i32.const 4096) "`+escape(manifest)+`")
  (func (export "acrhost_describe_v1") (result i32)
    (call $write (i32.const 4096) (i32.const `+jsonLen(manifest)+`))
    (i32.const 0))
  (func (export "acrhost_step_v1")`, 1)
	m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{Wasm: wat(t, text)})
	for config, want := range map[string]plugin.Class{
		`{"options":["a","b"]}`: "", `{"options":["a"]}`: plugin.OutputInvalid, `{}`: plugin.OutputInvalid,
	} {
		_, err := m.Call(t.Context(), abi.Input{Call: abi.Call{Type: "pick"}, Config: json.RawMessage(config)}, nil)
		if got := failure(t, err).Class; got != want {
			t.Errorf("with %s: %v, want %q", config, err, want)
		}
	}
}

func jsonLen(s string) string {
	b, _ := json.Marshal(len(s))
	return string(b)
}

// TestWordsOfAGuest holds that an error is short, however much a guest says of its failure: it
// is logged for each call, and is not of the log that a guest has.
func TestWordsOfAGuest(t *testing.T) {
	document := `{"error":{"code":"x","message":"short\n` + strings.Repeat("é", 30_000) + `"}}`
	_, failed := answer(t, newRuntime(t, plugin.Config{}), plugin.Grant{}, document)
	if failed.Class != plugin.GuestError || !strings.HasPrefix(failed.Message, "short\n") || len(failed.Message) > 1<<10 || !utf8.ValidString(failed.Message) {
		t.Errorf("%s, %d bytes: %q", failed.Class, len(failed.Message), failed.Message)
	}
}
