package abi

import "encoding/json"

// Output is the document that a step answers with. Exactly one of Outcome,
// Prompt, Redirect and Error is set; the host refuses anything else.
type Output struct {
	Outcome  string          `json:"outcome,omitzero"`
	ACR      json.RawMessage `json:"acr,omitzero"` // a string or an object; absent: unchanged
	Vars     map[string]any  `json:"vars,omitzero"`
	Claims   map[string]any  `json:"claims,omitzero"`
	AMR      []string        `json:"amr,omitzero"`
	Evidence []Asserted      `json:"evidence,omitzero"`
	Subject  *SubjectRef     `json:"subject,omitzero"`

	Prompt   *Prompt         `json:"prompt,omitzero"`
	Redirect *Redirect       `json:"redirect,omitzero"`
	State    json.RawMessage `json:"state,omitzero"` // with Prompt or Redirect: kept by the host, handed back with the answers

	Error *Error `json:"error,omitzero"`
}

// Asserted is evidence that a plugin claims by itself. It counts only when the
// operator granted that method by name.
type Asserted struct {
	Method string   `json:"method"`
	AMR    []string `json:"amr,omitzero"`
}

// SubjectRef names a user by id.
type SubjectRef struct {
	ID string `json:"id"`
}

// Redirect sends the browser away, only to a URL that a capability of the same
// call returned.
type Redirect struct {
	URL string `json:"url"`
}

// Error is a step error: the journey's on_error and error_var decide what follows.
type Error struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Prompt is a page as data. The host renders it and escapes every string.
type Prompt struct {
	Title   string   `json:"title,omitzero"`
	Text    string   `json:"text,omitzero"`
	Error   string   `json:"error,omitzero"` // what was wrong with the last answer
	Fields  []Field  `json:"fields,omitzero"`
	Actions []Action `json:"actions,omitzero"` // none: one button, named submit
}

// Field is one input of a prompt.
type Field struct {
	Name     string    `json:"name"`
	Type     FieldType `json:"type"`
	Label    string    `json:"label,omitzero"`
	Hint     string    `json:"hint,omitzero"`
	Error    string    `json:"error,omitzero"`
	Value    string    `json:"value,omitzero"`
	Required bool      `json:"required,omitzero"`
	ReadOnly bool      `json:"read_only,omitzero"` // of text, username, email and tel: shown, and stays
	Options  []Option  `json:"options,omitzero"`   // of select and radio
}

// FieldType says how a field is shown and what the host accepts in it.
type FieldType string

// The field types of ABI 1.0.
const (
	Text          FieldType = "text"
	Username      FieldType = "username"
	Password      FieldType = "password"
	NewPassword   FieldType = "new_password"
	OTP           FieldType = "otp"
	Email         FieldType = "email"
	Tel           FieldType = "tel"
	Select        FieldType = "select"
	Radio         FieldType = "radio"
	Checkbox      FieldType = "checkbox"
	Hidden        FieldType = "hidden"
	Info          FieldType = "info"
	PasskeyGet    FieldType = "passkey_get"
	PasskeyCreate FieldType = "passkey_create"
	TOTPCreate    FieldType = "totp_create"
	RecoveryCodes FieldType = "recovery_codes"
)

// Option is one choice of a select or radio field.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label,omitzero"`
}

// Action is a button. The name of the one that was used comes back as the
// input's action.
type Action struct {
	Name  string `json:"name"`
	Label string `json:"label,omitzero"`
}
