package journey

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// The bounds of an answer, in bytes; a passkey's field holds a whole WebAuthn
// response.
const (
	MaxField   = 4 << 10
	MaxPasskey = 16 << 10
	maxFields  = 32 // of what comes back from a redirect
)

// DefaultAction is the action of a prompt that names none.
const DefaultAction = "submit"

// accept holds an answer against its prompt. Either it is good, or the prompt is
// to be shown again with what is wrong. The browser's word counts for nothing
// that the prompt settles: unknown fields are dropped, a hidden or read-only field
// has the prompt's own value, an unknown action is the default one.
//
// Only the default action demands what is required: whoever cancels need not fill
// in the form.
func accept(p *abi.Prompt, a Answer) (*reply, *abi.Prompt) {
	r := &reply{form: map[string]string{}, action: action(p, a.Action)}
	again := *p
	again.Error = ""
	again.Fields = slices.Clone(p.Fields)
	wrong := false
	for i, f := range p.Fields {
		if shownOnly(f.Type) {
			continue
		}
		value, problem := fieldValue(f, a.Form[f.Name])
		if problem == "" && f.Required && r.action == action(p, "") && (value == "" || f.Type == abi.Checkbox && value != checked) {
			problem = "Please fill this in."
		}
		r.form[f.Name] = value
		again.Fields[i] = shownAgain(f, value, problem)
		wrong = wrong || problem != ""
	}
	if wrong {
		return nil, &again
	}
	return r, nil
}

// shownOnly says whether a field only shows something, so that nothing comes back.
func shownOnly(t abi.FieldType) bool {
	return t == abi.Info || t == abi.TOTPCreate || t == abi.RecoveryCodes
}

// checked is the value of a ticked checkbox; the other is "false".
const checked = "true"

// action is the name of the button that was used, or of the first one.
func action(p *abi.Prompt, name string) string {
	for _, a := range p.Actions {
		if a.Name == name {
			return name
		}
	}
	if len(p.Actions) == 0 {
		return DefaultAction
	}
	return p.Actions[0].Name
}

// fieldValue is what a field was answered with, and what is wrong with it.
func fieldValue(f abi.Field, sent string) (value, problem string) {
	limit := MaxField
	if f.Type == abi.PasskeyGet || f.Type == abi.PasskeyCreate {
		limit = MaxPasskey
	}
	switch {
	case f.Type == abi.Hidden, f.ReadOnly:
		return f.Value, ""
	case f.Type == abi.Checkbox && sent != "" && sent != "false":
		return checked, ""
	case f.Type == abi.Checkbox:
		return "false", ""
	case len(sent) > limit:
		return "", "This is too long."
	case !utf8.ValidString(sent) || strings.ContainsRune(sent, 0):
		return "", "This is not valid text."
	case (f.Type == abi.Select || f.Type == abi.Radio) && sent != "" && !offered(f, sent):
		return "", "Please choose one of these."
	}
	return sent, ""
}

func offered(f abi.Field, value string) bool {
	return slices.ContainsFunc(f.Options, func(o abi.Option) bool { return o.Value == value })
}

// shownAgain is a field with what the user entered, except secrets, and what is
// wrong with it.
func shownAgain(f abi.Field, value, problem string) abi.Field {
	f.Error = problem
	switch f.Type {
	case abi.Password, abi.NewPassword, abi.OTP, abi.Hidden, abi.PasskeyGet, abi.PasskeyCreate:
	default:
		f.Value = value
	}
	return f
}

// bounded is what the browser brought back from a redirect: few fields, short.
// What is over a bound is dropped, and the step misses it.
func bounded(form map[string]string) map[string]string {
	kept := map[string]string{}
	for _, name := range sorted(form) {
		v := form[name]
		if len(kept) < maxFields && len(name) <= MaxField && len(v) <= MaxField && utf8.ValidString(name+v) {
			kept[name] = v
		}
	}
	return kept
}
