package journey

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/acrhost/acrhost/host/journey/expr"
)

// template is a step's configuration with its expressions compiled.
type template struct {
	schema *jsonschema.Schema // nil: anything
	root   any                // maps and lists as in the file, *expr.Program for expressions
	fixed  json.RawMessage    // of a configuration without expressions: its JSON
}

func newTemplate(config map[string]any, schema *jsonschema.Schema) (template, error) {
	if config == nil {
		config = map[string]any{}
	}
	root, dynamic, err := compileConfig("config", config)
	if err != nil {
		return template{}, err
	}
	t := template{schema: schema, root: root}
	if !dynamic {
		if t.fixed, err = t.finish(root); err != nil {
			return template{}, err
		}
	}
	return t, nil
}

// compileConfig compiles the expressions below a value; dynamic says whether
// there are any.
func compileConfig(path string, v any) (compiled any, dynamic bool, err error) {
	if src, ok := expr.IsExpression(v); ok {
		program, err := expr.Compile(src)
		if err != nil {
			return nil, false, fmt.Errorf("%s: %w", path, err)
		}
		return program, true, nil
	}
	switch v := v.(type) {
	case map[string]any:
		all := make(map[string]any, len(v))
		for _, key := range sorted(v) {
			c, d, err := compileConfig(path+"."+key, v[key])
			if err != nil {
				return nil, false, err
			}
			all[key], dynamic = c, dynamic || d
		}
		return all, dynamic, nil
	case []any:
		all := make([]any, len(v))
		for i, e := range v {
			c, d, err := compileConfig(fmt.Sprintf("%s.%d", path, i), e)
			if err != nil {
				return nil, false, err
			}
			all[i], dynamic = c, dynamic || d
		}
		return all, dynamic, nil
	}
	return v, false, nil
}

// evaluate is the configuration as JSON, its expressions evaluated and all of it
// checked against the schema.
func (t template) evaluate(env expr.Env) (json.RawMessage, *StepError) {
	if t.fixed != nil {
		return t.fixed, nil
	}
	config, err := evaluate("config", t.root, env)
	if err != nil {
		return nil, &StepError{Class: classExpression, Code: classExpression, Message: err.Error()}
	}
	text, err := t.finish(config)
	if err != nil {
		return nil, &StepError{Class: classConfig, Code: classConfig, Message: err.Error()}
	}
	return text, nil
}

func evaluate(path string, v any, env expr.Env) (any, error) {
	switch v := v.(type) {
	case *expr.Program:
		value, err := v.Eval(env)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return value, nil
	case map[string]any:
		all := make(map[string]any, len(v))
		for _, key := range sorted(v) {
			value, err := evaluate(path+"."+key, v[key], env)
			if err != nil {
				return nil, err
			}
			all[key] = value
		}
		return all, nil
	case []any:
		all := make([]any, len(v))
		for i, e := range v {
			value, err := evaluate(fmt.Sprintf("%s.%d", path, i), e, env)
			if err != nil {
				return nil, err
			}
			all[i] = value
		}
		return all, nil
	}
	return v, nil
}

func (t template) finish(config any) (json.RawMessage, error) {
	if err := t.valid(config); err != nil {
		return nil, err
	}
	text, err := json.Marshal(config)
	if err != nil {
		return nil, fmt.Errorf("config has a value that JSON does not have: %w", err)
	}
	return text, nil
}

func (t template) valid(config any) error {
	if t.schema == nil {
		return nil
	}
	err := t.schema.Validate(config)
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return err
	}
	var texts []string
	for _, v := range (violations{printer: message.NewPrinter(language.English)}).of(invalid, false) {
		texts = append(texts, strings.TrimSuffix("config."+v.path, ".")+": "+v.text)
	}
	if len(texts) == 0 {
		texts = []string{"config breaks its schema"}
	}
	return errors.New(strings.Join(texts, "; "))
}
