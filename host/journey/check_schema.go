package journey

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/acrhost/acrhost/host/journey/expr"
)

// compileSchema reads the config_schema of a step type. A schema comes from a
// plugin, so it may refer to itself and to nothing else: no file, no network.
func compileSchema(use string, raw json.RawMessage) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("config_schema of %s: %w", use, err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{})
	c.DefaultDraft(jsonschema.Draft2020)
	const url = "acrhost:config"
	if err := c.AddResource(url, doc); err != nil {
		return nil, fmt.Errorf("config_schema of %s: %w", use, err)
	}
	schema, err := c.Compile(url)
	if err != nil {
		return nil, fmt.Errorf("config_schema of %s: %w", use, err)
	}
	return schema, nil
}

// configs checks each step's configuration against the schema of its type.
// Expressions have no value yet, so whatever depends on one is left to the run.
func (c *check) configs() {
	schemas := map[string]*jsonschema.Schema{}
	for _, n := range c.nodes {
		if len(n.kind.ConfigSchema) == 0 {
			continue
		}
		schema, seen := schemas[n.Use]
		if !seen {
			var err error
			if schema, err = compileSchema(n.Use, n.kind.ConfigSchema); err != nil {
				c.fault(n.Line("use"), strings.Join(strings.Fields(err.Error()), " "), "tell who made the plugin")
			}
			schemas[n.Use] = schema
		}
		if schema != nil {
			c.config(n, schema)
			c.kinds(n, schema)
		}
	}
}

func (c *check) config(n *node, schema *jsonschema.Schema) {
	config := n.Config
	if config == nil {
		config = map[string]any{}
	}
	invalid, ok := errors.AsType[*jsonschema.ValidationError](schema.Validate(config))
	if !ok {
		return
	}
	v := violations{printer: message.NewPrinter(language.English)}
	expr.Walk(config, func(path, _ string) { v.open = append(v.open, path) })
	for _, found := range v.of(invalid, false) {
		c.fault(n.Line(member(found.path)), fmt.Sprintf("%s in %s: %s", member(found.path), n, found.text), unknownHint(found, schema))
	}
}

// unknownHint is what an unknown member was meant to be.
func unknownHint(v violation, schema *jsonschema.Schema) string {
	if v.unknown == "" || v.path != v.unknown {
		return ""
	}
	return nearestOr(v.unknown, slices.Sorted(maps.Keys(schema.Properties)), "known: ")
}

// violation is one way in which a configuration breaks its schema.
type violation struct {
	path    string // dotted, from the configuration's root
	text    string
	unknown string // the member that the schema does not know, if that is it
}

// violations turns the validator's tree of causes into a list, without those that
// an expression may turn out to satisfy.
type violations struct {
	printer *message.Printer
	open    []string // paths of expressions
}

// of lists what is wrong. conditional says that the schema's then or else is
// being looked at.
func (v violations) of(e *jsonschema.ValidationError, conditional bool) []violation {
	path := strings.Join(e.InstanceLocation, ".")
	conditional = conditional || isConditional(e.SchemaURL)
	if v.within(path) || conditional && len(v.open) > 0 {
		return nil
	}
	switch k := e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf:
		return v.alternatives(e, path, conditional)
	case *kind.Not, *kind.Const, *kind.Enum, *kind.UniqueItems, *kind.Contains, *kind.MinContains, *kind.MaxContains:
		if v.holds(path) {
			return nil
		}
	case *kind.AdditionalProperties:
		var all []violation
		for _, p := range k.Properties {
			all = append(all, violation{path: under(path, p), text: "there is no such member", unknown: p})
		}
		return all
	}
	if len(e.Causes) == 0 {
		return []violation{{path: path, text: e.ErrorKind.LocalizedString(v.printer)}}
	}
	var all []violation
	for _, cause := range e.Causes {
		all = append(all, v.of(cause, conditional)...)
	}
	return all
}

// alternatives is one violation for a value that none of several schemas takes,
// unless an expression decides it.
func (v violations) alternatives(e *jsonschema.ValidationError, path string, conditional bool) []violation {
	if len(e.Causes) == 0 && v.holds(path) {
		return nil
	}
	var texts []string
	for _, cause := range e.Causes {
		found := v.of(cause, conditional)
		if len(found) == 0 {
			return nil
		}
		texts = append(texts, found[0].text)
	}
	if len(texts) == 0 {
		texts = []string{e.ErrorKind.LocalizedString(v.printer)}
	}
	return []violation{{path: path, text: strings.Join(slices.Compact(texts), ", or ")}}
}

// within says whether a place is an expression, or inside of one.
func (v violations) within(path string) bool {
	return slices.ContainsFunc(v.open, func(o string) bool { return o == "" || o == path || strings.HasPrefix(path, o+".") })
}

// holds says whether a place has an expression inside.
func (v violations) holds(path string) bool {
	return slices.ContainsFunc(v.open, func(o string) bool { return path == "" || strings.HasPrefix(o, path+".") })
}

func isConditional(schemaURL string) bool {
	for part := range strings.SplitSeq(schemaURL, "/") {
		if part == "then" || part == "else" {
			return true
		}
	}
	return false
}
