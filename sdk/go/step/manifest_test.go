package step_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// done is the method of the configurations below.
type done struct{}

func (done) Run(*step.Context) step.Result { return step.Outcome("ok") }

type everything struct {
	Text    string            `json:"text" schema:"required,min=1,max=9" pattern:"^a" doc:"A text."`
	Enum    string            `json:"enum" enum:"sms,email" default:"sms"`
	Flag    bool              `json:"flag" default:"true"`
	Count   int               `json:"count" schema:"min=6,max=10" default:"6"`
	Ratio   *float64          `json:"ratio"`
	Age     step.Duration     `json:"age" default:"5m"`
	List    []element         `json:"list" schema:"min=1"`
	Table   map[string]string `json:"table" schema:"max=3"`
	Any     any               `json:"any"`
	Ignored string            `json:"-"`
}

func (everything) Run(*step.Context) step.Result { return step.Outcome("ok") }

type element struct {
	Value string `json:"value" schema:"required"`
}

const everythingSchema = `{"$schema":"https://json-schema.org/draft/2020-12/schema","additionalProperties":false,"properties":{` +
	`"age":{"default":"5m","pattern":"^([0-9]{1,6}(ms|s|m|h))*[0-9]{0,5}[1-9][0-9]{0,5}(ms|s|m|h)([0-9]{1,6}(ms|s|m|h))*$","type":"string"},` +
	`"any":{},"count":{"default":6,"maximum":10,"minimum":6,"type":"integer"},` +
	`"enum":{"default":"sms","enum":["sms","email"],"type":"string"},"flag":{"default":true,"type":"boolean"},` +
	`"list":{"items":{"additionalProperties":false,"properties":{"value":{"type":"string"}},"required":["value"],"type":"object"},"minItems":1,"type":"array"},` +
	`"ratio":{"type":"number"},"table":{"additionalProperties":{"type":"string"},"maxProperties":3,"type":"object"},` +
	`"text":{"description":"A text.","maxLength":9,"minLength":1,"pattern":"^a","type":"string"}},"required":["text"],"type":"object"}`

func TestManifest(t *testing.T) {
	m := step.Module{Name: "com.example.all", Version: "1.2.3", ABIMin: "1.0", Title: "All", Vendor: "Example", License: "MIT", Steps: []step.Type{
		step.Define[everything]("all", step.Description{
			Title: "Everything", Outcomes: []string{"ok"}, OutcomesFrom: []string{"/list/*/value"}, Reads: []string{"vars"},
			Writes: abi.Writes{Vars: []string{"x"}}, Capabilities: []string{"otp_send"},
		}),
	}}
	got, err := m.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	want := abi.Manifest{Name: "com.example.all", Version: "1.2.3", ABIMin: "1.0", Title: "All", Vendor: "Example", License: "MIT", Steps: map[string]abi.StepType{
		"all": {
			Title: "Everything", Outcomes: []string{"ok"}, OutcomesFrom: []string{"/list/*/value"}, Reads: []string{"vars"},
			Writes: abi.Writes{Vars: []string{"x"}}, Capabilities: []string{"otp_send"}, ConfigSchema: []byte(everythingSchema),
		},
	}}
	if diff := cmp.Diff(want, got, cmp.Transformer("text", func(b []byte) string { return string(b) })); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
}

type (
	noTag    struct{ Value string }
	hidden   struct{ value string } //nolint:unused // the mistake that is tested
	embeds   struct{ done }
	channels struct {
		C chan int `json:"c"`
	}
	unsigned struct {
		N uint `json:"n"`
	}
	misfit struct {
		N int `json:"n" default:"six"`
	}
	misbound struct {
		B bool `json:"b" schema:"min=1"`
	}
	misspelt struct {
		S string `json:"s" schema:"requird"`
	}
	noStruct string
)

func (noTag) Run(*step.Context) step.Result    { return step.Outcome("ok") }
func (hidden) Run(*step.Context) step.Result   { return step.Outcome("ok") }
func (channels) Run(*step.Context) step.Result { return step.Outcome("ok") }
func (unsigned) Run(*step.Context) step.Result { return step.Outcome("ok") }
func (misfit) Run(*step.Context) step.Result   { return step.Outcome("ok") }
func (misbound) Run(*step.Context) step.Result { return step.Outcome("ok") }
func (misspelt) Run(*step.Context) step.Result { return step.Outcome("ok") }
func (noStruct) Run(*step.Context) step.Result { return step.Outcome("ok") }

// A mistake in a type is found when the manifest is made, so before a login.
func TestManifestRefuses(t *testing.T) {
	tests := []struct {
		step step.Type
		want string
	}{
		{step.Define[noTag]("noTag", step.Description{}), "json tag"},
		{step.Define[hidden]("hidden", step.Description{}), "exported"},
		{step.Define[embeds]("embeds", step.Description{}), "embedded"},
		{step.Define[channels]("channels", step.Description{}), "can't hold chan int"},
		{step.Define[unsigned]("unsigned", step.Description{}), "can't hold uint"},
		{step.Define[misfit]("misfit", step.Description{}), `default "six"`},
		{step.Define[misbound]("misbound", step.Description{}), "min=1"},
		{step.Define[misspelt]("misspelt", step.Description{}), "requird"},
		{step.Define[noStruct]("noStruct", step.Description{}), "no struct"},
	}
	for _, tt := range tests {
		t.Run(tt.step.Name(), func(t *testing.T) {
			_, err := step.Module{Steps: []step.Type{tt.step}}.Manifest()
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.step.Name()) {
				t.Errorf("error %v, want one that says %q and the step's name", err, tt.want)
			}
		})
	}
}

// The schema is the type's: one that is said beside it would be another.
func TestSchemaIsDerived(t *testing.T) {
	kind := step.Define[done]("own", step.Description{ConfigSchema: []byte(`{}`)})
	if _, err := kind.Manifest(); err == nil || !strings.Contains(err.Error(), "derived") {
		t.Errorf("error %v", err)
	}
}

func TestListedTwice(t *testing.T) {
	twice := step.Define[done]("same", step.Description{})
	if _, err := (step.Module{Steps: []step.Type{twice, twice}}).Manifest(); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("error %v", err)
	}
}
