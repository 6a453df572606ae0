package config_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/acrhost/acrhost/sdk/go/internal/config"
)

type door struct {
	Pin   string            `json:"pin" schema:"required"`
	Tries int               `json:"tries" default:"3"`
	Names []string          `json:"names" default:"[\"front\"]"`
	Rooms map[string]string `json:"rooms"`
	Bell  *struct {
		Tone string `json:"tone" schema:"required"`
	} `json:"bell"`
}

// FuzzDecode: what the schema, which the host asks, refuses, the decoder refuses too, and
// it takes nothing that it then does not hold. (Null is the decoder's only: it says nothing.)
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"pin":"1"}`, `{"pin":"1","tries":9,"names":[],"rooms":{"a":"b"},"bell":{"tone":"low"}}`, `{}`, `[]`, `{"pin":1}`, `{"pin":"1","pin":"2"}`,
		`{"pin":"1","tries":1.5}`, `{"pin":"1","later":1}`, `{"pin":"1","bell":{}}`, `{"pin":"1","names":["a",1]}`, `{"pin":"1","rooms":{"a":{}}}`, `{"pin":"1"} x`,
	} {
		f.Add(seed)
	}
	decoder, accepts := config.NewDecoder[door](), schema(f)
	f.Fuzz(func(t *testing.T, document string) {
		var d door
		if decoder.Decode([]byte(document), &d) != nil || document == "" || strings.Contains(document, "null") {
			return
		}
		if err := accepts(document); err != nil {
			t.Errorf("%s was read as %+v, though: %v", document, d, err)
		}
	})
}

func schema(f *testing.F) func(document string) error {
	text, err := config.Schema(reflect.TypeFor[door]())
	if err != nil {
		f.Fatal(err)
	}
	tree, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		f.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("door.json", tree); err != nil {
		f.Fatal(err)
	}
	s, err := c.Compile("door.json")
	if err != nil {
		f.Fatal(err)
	}
	return func(document string) error {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
		if err != nil {
			return err
		}
		return s.Validate(v)
	}
}
