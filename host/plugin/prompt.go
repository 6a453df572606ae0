package plugin

import (
	"fmt"
	"slices"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// How much a page can hold.
const (
	maxFields  = 64
	maxActions = 16
	maxOptions = 256
	maxName    = 64
)

func fieldTypes() []abi.FieldType {
	return []abi.FieldType{
		abi.Text, abi.Username, abi.Password, abi.NewPassword, abi.OTP, abi.Email, abi.Tel, abi.Select, abi.Radio,
		abi.Checkbox, abi.Hidden, abi.Info, abi.PasskeyGet, abi.PasskeyCreate,
		abi.TOTPCreate, abi.RecoveryCodes,
	}
}

// checkPrompt refuses a prompt that can't be rendered or whose answers could not be
// told apart.
func checkPrompt(p *abi.Prompt) error {
	if p == nil {
		return nil
	}
	if len(p.Fields) > maxFields || len(p.Actions) > maxActions {
		return fmt.Errorf("prompt: at most %d fields and %d actions are allowed", maxFields, maxActions)
	}
	names := map[string]bool{}
	for i, f := range p.Fields {
		if err := checkField(f, names); err != nil {
			return fmt.Errorf("prompt.fields[%d].%w", i, err)
		}
	}
	actions := map[string]bool{}
	for i, a := range p.Actions {
		if err := checkName(a.Name, actions); err != nil {
			return fmt.Errorf("prompt.actions[%d].%w", i, err)
		}
	}
	return nil
}

func checkField(f abi.Field, names map[string]bool) error {
	if err := checkName(f.Name, names); err != nil {
		return err
	}
	if !slices.Contains(fieldTypes(), f.Type) {
		return fmt.Errorf("type: %q is not a field type", f.Type)
	}
	chooses := f.Type == abi.Select || f.Type == abi.Radio
	switch {
	case chooses && len(f.Options) == 0:
		return fmt.Errorf("options: %s needs some", f.Type)
	case !chooses && len(f.Options) > 0:
		return fmt.Errorf("options: %s has none", f.Type)
	case len(f.Options) > maxOptions:
		return fmt.Errorf("options: at most %d are allowed", maxOptions)
	}
	if f.ReadOnly && !readable(f.Type) {
		return fmt.Errorf("read_only: %s can't be", f.Type)
	}
	values := map[string]bool{}
	for _, o := range f.Options {
		if values[o.Value] {
			return fmt.Errorf("options: the value %q comes twice", o.Value)
		}
		values[o.Value] = true
	}
	return nil
}

// readable says whether a field can be shown without being changed: one into which
// text is typed that is no secret.
func readable(t abi.FieldType) bool {
	return slices.Contains([]abi.FieldType{abi.Text, abi.Username, abi.Email, abi.Tel}, t)
}

// checkName demands [a-z][a-z0-9_-]*, once. Names that begin with _ belong to the
// host, for its own form fields.
func checkName(name string, seen map[string]bool) error {
	if len(name) > maxName || name == "" || name[0] < 'a' || name[0] > 'z' {
		return fmt.Errorf("name: %q must begin with a letter from a to z", oneLine(name))
	}
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return fmt.Errorf("name: %q may hold a to z, 0 to 9, _ and -", name)
		}
	}
	if seen[name] {
		return fmt.Errorf("name: %q comes twice", name)
	}
	seen[name] = true
	return nil
}
