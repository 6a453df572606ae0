package page

import (
	"cmp"
	"html/template"
	"strconv"
	"strings"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// field is one input as the template shows it. Its id is its name; ids that the
// page makes up begin with an underscore, which no name of a step does.
type field struct {
	abi.Field
	control
	Label     string
	Options   []option
	Checked   bool
	Autofocus bool
	Filled    Filled
}

// control says how a browser should treat an input of one type.
type control struct {
	Kind         string // which part of the template shows it
	InputType    string
	Autocomplete string
	InputMode    string
	Verbatim     bool // no capitals, no spelling: what is typed is meant
	secret       bool // a value is never sent back to the browser
}

type option struct {
	abi.Option
	ID      string
	Checked bool
}

// controlOf knows every field type of ABI 1.0. The host refuses others before
// they get here; one that it took all the same is shown as text.
func controlOf(t abi.FieldType) control {
	switch t {
	case abi.Username:
		return control{Kind: "input", InputType: "text", Autocomplete: "username", Verbatim: true}
	case abi.Password:
		return control{Kind: "input", InputType: "password", Autocomplete: "current-password", secret: true}
	case abi.NewPassword:
		return control{Kind: "input", InputType: "password", Autocomplete: "new-password", secret: true}
	case abi.OTP:
		return control{Kind: "input", InputType: "text", Autocomplete: "one-time-code", InputMode: "numeric", Verbatim: true, secret: true}
	case abi.Email:
		return control{Kind: "input", InputType: "email", Autocomplete: "email"}
	case abi.Tel:
		return control{Kind: "input", InputType: "tel", Autocomplete: "tel"}
	case abi.Select, abi.Radio, abi.Checkbox, abi.Hidden, abi.Info:
		return control{Kind: string(t)}
	case abi.PasskeyGet, abi.PasskeyCreate:
		return control{Kind: "passkey"}
	case abi.TOTPCreate:
		return control{Kind: "totp"}
	case abi.RecoveryCodes:
		return control{Kind: "codes"}
	case abi.Text:
	}
	return control{Kind: "input", InputType: "text"}
}

func fields(given []abi.Field, filled map[string]Filled) []field {
	shown := make([]field, len(given))
	for i, f := range given {
		shown[i] = field{
			Field:   f,
			control: controlOf(f.Type),
			Label:   cmp.Or(f.Label, f.Name),
			Checked: f.Value == "true",
			Options: options(f),
			Filled:  filled[f.Name],
		}
		if f.Type == abi.Info {
			shown[i].Label = f.Label // a text needs none
		}
		if shown[i].secret {
			shown[i].Value = ""
		}
		if shown[i].needsHost() && shown[i].Filled.empty() {
			shown[i].Kind = "expired"
		}
	}
	focus(shown)
	return shown
}

// options marks the chosen one. Of a group of radio buttons one is always chosen:
// a group without any is a state that nobody can go back to.
func options(f abi.Field) []option {
	all := make([]option, len(f.Options))
	chosen := -1
	for i, o := range f.Options {
		all[i] = option{Option: o, ID: "_" + f.Name + "-" + strconv.Itoa(i)}
		all[i].Label = cmp.Or(o.Label, o.Value)
		if o.Value == f.Value && chosen < 0 {
			chosen = i
		}
	}
	if chosen < 0 && f.Type == abi.Radio && f.Required && len(all) > 0 {
		chosen = 0
	}
	if chosen >= 0 {
		all[chosen].Checked = true
	}
	return all
}

// focus puts the cursor where the user has to type: at the first field that is
// wrong, else at the first that is empty.
func focus(all []field) {
	for _, wants := range []func(field) bool{
		func(f field) bool { return f.Error != "" },
		func(f field) bool { return f.Value == "" && !f.ReadOnly },
	} {
		for i, f := range all {
			if f.Kind == "input" && wants(f) {
				all[i].Autofocus = true
				return
			}
		}
	}
}

// needsHost says whether the field is nothing without what the host puts in.
func (f field) needsHost() bool { return f.Kind == "passkey" || f.Kind == "totp" || f.Kind == "codes" }

// Ceremony is which of the two ceremonies of WebAuthn a passkey field is for.
func (f field) Ceremony() string { return strings.TrimPrefix(string(f.Type), "passkey_") }

// QR is the image that an authenticator app reads; nil when the address is too long
// for one, so that the key has to be typed in.
func (f field) QR() *qrCode { return newQR(f.Filled.URI) }

// Link opens an authenticator app on the same device.
func (f field) Link() template.URL { return link(f.Filled.URI) }

// DescribedBy are the ids of what explains the field.
func (f field) DescribedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.HintID())
	}
	if f.Error != "" {
		ids = append(ids, f.ErrorID())
	}
	return strings.Join(ids, " ")
}

// HintID is the id of the field's hint.
func (f field) HintID() string { return "_hint-" + f.Name }

// ErrorID is the id of the field's error.
func (f field) ErrorID() string { return "_error-" + f.Name }
