package step_test

import (
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/sdk/go/step"
)

// shouted reads itself, and says its schema.
type shouted string

func (shouted) JSONSchema() string { return `{"type":"string"}` }

func (s *shouted) UnmarshalJSON(b []byte) error {
	var text string
	if err := step.Unmarshal(b, &text); err != nil {
		return errors.New("shout a text")
	}
	*s = shouted(strings.ToUpper(text))
	return nil
}

// address is read by a method for texts, so by encoding/json.
type address struct{ netip.Addr }

func (address) JSONSchema() string { return `{"type":"string"}` }

type word string

// all has a member of every kind that a configuration can hold.
type all struct {
	Text    word                       `json:"text" default:"w"`
	Small   int8                       `json:"small"`
	Short   int16                      `json:"short"`
	Middle  int32                      `json:"middle"`
	Long    int64                      `json:"long" default:"-7"`
	Half    float32                    `json:"half"`
	Ratio   *float64                   `json:"ratio"`
	Any     any                        `json:"any" default:"{\"a\":[1]}"`
	Loud    shouted                    `json:"loud" default:"hey"`
	Address address                    `json:"address"`
	Lists   [][]element                `json:"lists"`
	Words   []word                     `json:"words" default:"[\"a\",\"b\"]"`
	Numbers []int                      `json:"numbers"`
	Louds   []shouted                  `json:"louds"`
	Texts   map[string]string          `json:"texts" default:"{\"k\":\"v\"}"`
	Raws    map[string]json.RawMessage `json:"-"`
	Trees   map[string]any             `json:"trees"`
	Counts  map[string]int             `json:"counts"`
	Things  map[string]element         `json:"things"`
	Inner   *inner                     `json:"inner"`
	Flat    inner                      `json:"flat"`
}

type inner struct {
	Name string `json:"name" schema:"required"`
	Deep struct {
		N int `json:"n" default:"3"`
	} `json:"deep"`
}

// got is what each call of this type was configured with.
func configured(t *testing.T, config string) (got map[string]any, fault string) {
	t.Helper()
	m := step.Module{Steps: []step.Type{step.Define[all]("all", step.Description{})}}
	output, err := m.Answer(silent{}, []byte(`{"call":{"type":"all"},"config":`+config+`}`))
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		Vars  map[string]map[string]any
		Error struct{ Message string }
	}
	if err := json.Unmarshal(output, &o); err != nil {
		t.Fatal(err)
	}
	return o.Vars["config"], o.Error.Message
}

func (a all) Run(*step.Context) step.Result {
	document, err := json.Marshal(a)
	// A step may do what it likes with its own configuration.
	for i := range a.Words {
		a.Words[i] = "changed"
	}
	clear(a.Texts)
	if err != nil {
		return step.Fail("encode", err.Error())
	}
	return step.Outcome("ok").WithVar("config", json.RawMessage(document))
}

func TestConfigTypes(t *testing.T) {
	const config = ` { "text":"t","small":-128,"short":32767,"middle":-1,"long":9223372036854775807,"half":0.5,"ratio":1e3,"any":[null,{"x":"y"}],
		"loud":"quiet","address":"192.0.2.1","lists":[[{"value":"a"},{"value":"b"}],[],null],"words":["x"],"numbers":[1,null,2],"louds":["a"],"texts":{"a":"\u00e9\n"},
		"trees":{"a":{"b":1.5}},"counts":{"n":2},"things":{"a":{"value":"v"}},"inner":{"name":"n"},"flat":{"deep":{"n":4},"name":"f"} } `
	want := map[string]any{}
	if err := json.Unmarshal([]byte(config), &want); err != nil {
		t.Fatal(err)
	}
	want["loud"], want["louds"], want["numbers"] = "QUIET", []any{"A"}, []any{1.0, 0.0, 2.0}
	want["inner"] = map[string]any{"name": "n", "deep": map[string]any{"n": 0.0}} // behind a pointer there are no defaults
	got, fault := configured(t, config)
	if diff := cmp.Diff(want, got); diff != "" || fault != "" {
		t.Errorf("configuration (-want +got), error %q:\n%s", fault, diff)
	}
}

// Null is as good as absent where there is a default, and empties what can be empty.
func TestConfigNull(t *testing.T) {
	got, fault := configured(t, `{"text":null,"long":null,"any":null,"words":null,"texts":null,"ratio":null,"inner":null,"flat":null}`)
	want := []any{"w", -7.0, nil, nil, nil, nil, nil, map[string]any{"name": "", "deep": map[string]any{"n": 3.0}}}
	have := []any{got["text"], got["long"], got["any"], got["words"], got["texts"], got["ratio"], got["inner"], got["flat"]}
	if diff := cmp.Diff(want, have); diff != "" || fault != "" {
		t.Errorf("configuration (-want +got), error %q:\n%s", fault, diff)
	}
}

// What a step does to its defaults, no other call sees.
func TestDefaultsAreFresh(t *testing.T) {
	m := step.Module{Steps: []step.Type{step.Define[all]("all", step.Description{})}}
	for range 2 {
		output, err := m.Answer(silent{}, []byte(`{"call":{"type":"all"}}`))
		if err != nil || !strings.Contains(string(output), `"words":["a","b"]`) || !strings.Contains(string(output), `"texts":{"k":"v"}`) {
			t.Errorf("%s, %v", output, err)
		}
	}
}

func TestConfigFaults(t *testing.T) {
	for config, want := range map[string]string{
		`[]`:                                      "config: an object is expected, found a list",
		`{"text":"a","text":"b"}`:                 `config: the name "text" comes twice`,
		`{"TEXT":"a"}`:                            `config: unknown field "TEXT"`,
		`{"small":128}`:                           "config.small: a whole number of 8 bits is expected, found 128",
		`{"long":1.0}`:                            "config.long: a whole number of 64 bits is expected, found 1.0",
		`{"half":1e39}`:                           "config.half: the number 1e39 is too large",
		`{"lists":[[{"value":"a"}],[{}]]}`:        "config.lists[1][0].value is required",
		`{"lists":[{}]}`:                          "config.lists[0]: a list is expected, found an object",
		`{"lists":[[{"value":"a","b":1}]]}`:       `config.lists[0][0]: unknown field "b"`,
		`{"texts":{"a":1}}`:                       "config.texts.a: a text is expected, found a number",
		`{"flat":{}}`:                             "config.flat.name is required",
		`{"inner":{"name":null}}`:                 "config.inner.name is required",
		`{"loud":1}`:                              "config: shout a text",
		`{"things":{"a":{"other":1}}}`:            `config: unknown field "other"`,
		`{"address":"nowhere"}`:                   `config: ParseAddr("nowhere"): unable to parse IP`,
		`{"flat":{"name":"n","deep":{"n":true}}}`: "config.flat.deep.n: a whole number is expected, found a truth value",
	} {
		if _, fault := configured(t, config); fault != want {
			t.Errorf("%s: %q, want %q", config, fault, want)
		}
	}
}

type endless struct {
	Next *endless `json:"next"`
}

func (endless) Run(*step.Context) step.Result { return step.Outcome("ok") }

// A type that holds itself is told so, and does not end the module with its stack.
func TestEndlessType(t *testing.T) {
	m := step.Module{Steps: []step.Type{step.Define[endless]("endless", step.Description{})}}
	output, err := m.Answer(silent{}, []byte(`{"call":{"type":"endless"}}`))
	if err != nil || !strings.Contains(string(output), "holds itself") {
		t.Errorf("%s, %v", output, err)
	}
}

func BenchmarkConfig(b *testing.B) {
	m := step.Module{Steps: []step.Type{step.Define[doer]("do", step.Description{})}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Answer(silent{}, []byte(`{"call":{"type":"do"},"config":{"do":"nothing else"}}`)); err != nil {
			b.Fatal(err)
		}
	}
}
