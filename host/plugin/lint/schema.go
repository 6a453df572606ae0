package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// config looks at the schema of a step's configuration, and at the paths into it.
func (l *list) config(name string, t abi.StepType) {
	if len(t.ConfigSchema) == 0 {
		l.warn(name, "it has no config_schema", "without one a misspelt setting is silently not there; the SDKs make one of the configuration's type")
		return
	}
	if _, err := compile(t.ConfigSchema); err != nil {
		l.fault(name, "its config_schema is no JSON Schema 2020-12: "+oneLine(err.Error()), "a schema may refer to itself and to nothing else")
		return
	}
	var s node
	if err := json.Unmarshal(t.ConfigSchema, &s); err != nil {
		return // true or false: a schema with nothing in it to look at
	}
	if string(s.Additional) != "false" {
		l.warn(name, "its config_schema accepts members that it does not know", `"additionalProperties": false makes a misspelt setting a fault when the configuration is read`)
	}
	for _, member := range slices.Sorted(maps.Keys(s.Properties)) {
		l.member(name, member, s.Properties[member])
	}
	for _, from := range []struct {
		what  string
		paths []string
	}{{"outcomes_from", t.OutcomesFrom}, {"acr_from", t.Writes.ACRFrom}, {"vars_from", t.Writes.VarsFrom}} {
		for _, path := range from.paths {
			if !s.reaches(strings.Split(path, "/")[1:]) {
				l.fault(name, fmt.Sprintf("%s names %q, and the configuration has no such member", from.what, path), "a path such as /level, or /options/*/value")
			}
		}
	}
}

// member looks at one member of a configuration.
func (l *list) member(step, member string, raw json.RawMessage) {
	var s node
	if json.Unmarshal(raw, &s) != nil {
		return
	}
	if s.Description == "" && s.Ref == "" {
		l.warn(step, fmt.Sprintf("its setting %s has no description", plain(member)), "what it does, for who configures it")
	}
	if len(s.Default) == 0 || s.Ref != "" {
		return
	}
	for _, wrong := range conforms(string(raw), s.Default) {
		l.fault(step, fmt.Sprintf("the default of its setting %s does not fit the setting's own schema: %s", plain(member), wrong), "")
	}
}

// node is the part of a schema that is looked at.
type node struct {
	Ref         string                     `json:"$ref"`
	Description string                     `json:"description"`
	Default     json.RawMessage            `json:"default"`
	Properties  map[string]json.RawMessage `json:"properties"`
	Items       json.RawMessage            `json:"items"`
	Additional  json.RawMessage            `json:"additionalProperties"`
	AnyOf       json.RawMessage            `json:"anyOf"`
	OneOf       json.RawMessage            `json:"oneOf"`
	AllOf       json.RawMessage            `json:"allOf"`
}

// reaches says whether a path can lead somewhere. Where a schema takes turns that are
// not followed here, it can.
func (s node) reaches(path []string) bool {
	if len(path) == 0 || s.Ref != "" || s.AnyOf != nil || s.OneOf != nil || s.AllOf != nil {
		return true
	}
	next, named := s.Properties[path[0]]
	switch {
	case named:
	case path[0] == "*" && s.Items != nil:
		next = s.Items
	case string(s.Additional) == "false":
		return false
	default:
		next = s.Additional
	}
	var below node
	if json.Unmarshal(next, &below) != nil {
		return true // anything
	}
	return below.reaches(path[1:])
}

// compile reads a schema, which may refer to itself and to nothing else: no file, no
// network.
func compile(text []byte) (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{})
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("acrhost:schema", document); err != nil {
		return nil, err
	}
	return c.Compile("acrhost:schema")
}

// conforms says what of a value does not fit a schema.
func conforms(schemaText string, value any) []string {
	compiled, err := compile([]byte(schemaText))
	if err != nil {
		return []string{oneLine(err.Error())}
	}
	document, err := json.Marshal(value)
	if err != nil {
		return []string{oneLine(err.Error())}
	}
	read, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return []string{oneLine(err.Error())}
	}
	return wrongs(compiled.Validate(read))
}

// wrongs lists where a document does not fit, and why.
func wrongs(err error) []string {
	invalid, ok := errors.AsType[*jsonschema.ValidationError](err)
	if err == nil || !ok {
		return nil
	}
	if len(invalid.Causes) == 0 {
		at := ""
		if len(invalid.InstanceLocation) > 0 {
			at = "/" + strings.Join(invalid.InstanceLocation, "/") + ": "
		}
		return []string{plain(at + invalid.ErrorKind.LocalizedString(message.NewPrinter(language.English)))}
	}
	var all []string
	for _, cause := range invalid.Causes {
		all = append(all, wrongs(cause)...)
	}
	return all
}

// oneLine is a text of the module's making on one line, without what a terminal obeys.
func oneLine(s string) string {
	const most = 300
	s = plain(strings.Join(strings.Fields(s), " "))
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
