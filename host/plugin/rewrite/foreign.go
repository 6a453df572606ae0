package rewrite

import (
	"errors"
	"fmt"
)

// Foreign says why an import can't be had, whatever a host has, and what to do: a plugin
// imports functions only. It is nil for a function.
func (i Import) Foreign() error {
	var instead string
	switch i.Kind {
	case Func:
		return nil
	case Memory:
		instead = "have the module define and export its memory (wasm-ld: without --import-memory)"
	case Table:
		instead = "have the module define its table (wasm-ld: without --import-table)"
	case Global:
		instead = "have the module define its globals (link it as a whole, not as a library that is loaded by another: without -shared or -pie)"
	default:
		instead = "compile it without WebAssembly's exceptions"
	}
	return fmt.Errorf("import %q is a %s; only functions can be imported: %s", i.Module+"."+i.Name, i.Kind, instead)
}

// foreign says so of the first imports that are.
func (m *Module) foreign() error {
	const enough = 100
	var errs []error
	for _, i := range m.Imports {
		if err := i.Foreign(); err != nil && len(errs) < enough {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// misread is what Decode says of a fault in a section. What comes after an import that is no
// function counts on it, and would be called wrong for another reason.
func (m *Module) misread(id section, fault error) error {
	if err := m.foreign(); err != nil && id != importSection {
		return err
	}
	return fmt.Errorf("%s: %w", id, fault)
}
