package abi

import (
	"encoding/json"
	"time"
)

// Version is the ABI version that this package describes. The major version is
// also the suffix of the guest's exports.
const Version = "1.0"

// MaxInput, MaxOutput and MaxDepth bound the documents: bytes, bytes, and levels
// of nesting.
const (
	MaxInput  = 128 << 10
	MaxOutput = 64 << 10
	MaxDepth  = 32
)

// Input is the document that a step reads: all that the journey knows and that
// the operator lets this step see. A guest ignores members that it does not know.
type Input struct {
	ABI      string              `json:"abi"`
	Call     Call                `json:"call"`
	Journey  Journey             `json:"journey"`
	Config   json.RawMessage     `json:"config"` // an object; expressions already evaluated
	Request  Request             `json:"request"`
	ACR      ACR                 `json:"acr"`
	AMR      []string            `json:"amr"`
	Evidence []Evidence          `json:"evidence"`
	Subject  *Subject            `json:"subject"`
	Upstream map[string]Upstream `json:"upstream"`
	Device   Device              `json:"device"`
	Vars     map[string]any      `json:"vars"`
	Form     map[string]string   `json:"form"`   // answers to this step's last prompt; nil on first entry
	Action   *string             `json:"action"` // the button that was used; nil on first entry
	State    json.RawMessage     `json:"state"`  // what this step returned as state when it prompted, or null
}

// Call says which call this is.
type Call struct {
	ID          string    `json:"id"`
	Type        string    `json:"type"`        // the step type of the module
	Step        string    `json:"step"`        // the step's name in the journey
	Attempt     int       `json:"attempt"`     // visits of this step in this run, from 1
	Now         time.Time `json:"now"`         // UTC
	Interactive bool      `json:"interactive"` // false: prompt=none, no prompt may be shown
}

// Journey says where in which journey the run is.
type Journey struct {
	Name      string    `json:"name"`
	Run       string    `json:"run"`
	StartedAt time.Time `json:"started_at"`
	Path      []string  `json:"path"` // names of the steps entered so far, this one not included
}

// Request is what the client asked for.
type Request struct {
	ClientID     string   `json:"client_id"`
	ACRValues    []string `json:"acr_values"` // in the order of preference; never null
	ACREssential bool     `json:"acr_essential"`
	Scope        []string `json:"scope"`
	Prompt       []string `json:"prompt"`
	MaxAge       *int64   `json:"max_age"` // seconds
	LoginHint    *string  `json:"login_hint"`
	UILocales    []string `json:"ui_locales"`
	// AuthorizationDetails are what the client asks for beside the scope (RFC 9396 2), each
	// an object with a type; absent without any.
	AuthorizationDetails []map[string]any `json:"authorization_details,omitempty"`
	// Claims are what the client asks for of the user by name (OpenID Connect Core 5.5), and
	// no scope of the request covers; absent without any.
	Claims []string `json:"claims,omitempty"`
}

// ACR is the current value: as it was asked for until a step sets one, then as
// it was last set. Current is nil when neither happened.
type ACR struct {
	Current *string `json:"current"`
	Set     bool    `json:"set"`
}

// Evidence is one thing that the host verified about the user.
type Evidence struct {
	Method string    `json:"method"` // pwd, sms, email, totp, passkey, upstream, …
	AMR    []string  `json:"amr"`    // RFC 8176 values
	At     time.Time `json:"at"`
	Step   string    `json:"step"`
	Fresh  bool      `json:"fresh"` // false: from an earlier login in this session
}

// Subject is the person that the run is about. Being known is not being
// authenticated: only evidence says that.
type Subject struct {
	ID       string         `json:"id"`
	Username string         `json:"username"`
	Claims   map[string]any `json:"claims"`
}

// Upstream is what another identity provider said of the subject.
type Upstream struct {
	// Claims are those of the ID token and of userinfo, as they came.
	Claims map[string]any `json:"claims"`
	// ACR and AMR are what a login there is worth by the operator's word: of what the
	// provider said only what the operator lets count, else the provider's static values.
	ACR *string  `json:"acr,omitzero"`
	AMR []string `json:"amr,omitzero"`
}

// Device is what is known of the browser. Everything in it is a claim of the
// network or the browser, never proof.
type Device struct {
	IP        string `json:"ip"`
	UserAgent string `json:"user_agent"`
}
