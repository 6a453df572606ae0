package abi

import "encoding/json"

// Manifest is what a module says of itself: what it is, which step types it
// offers, and what they ask for. It requests; the operator's grant decides.
type Manifest struct {
	Name    string              `json:"name"` // reverse domain, as com.example.risk
	Version string              `json:"version"`
	ABIMin  string              `json:"abi_min,omitzero"`
	Title   string              `json:"title,omitzero"`
	Vendor  string              `json:"vendor,omitzero"`
	License string              `json:"license,omitzero"`
	Steps   map[string]StepType `json:"steps"`
	// SnapshotSafe promises that nothing drawn at the module's start decides anything
	// in a call, so that one started instance may serve many, each from the same
	// snapshot.
	SnapshotSafe bool `json:"snapshot_safe,omitzero"`
}

// StepType describes one step type of a module.
type StepType struct {
	Title    string   `json:"title,omitzero"`
	Outcomes []string `json:"outcomes"`
	// OutcomesFrom are paths into the step's configuration whose strings are
	// outcomes too, for a type such as choice, with one outcome for each option.
	// A path is a JSON Pointer in which * stands for every element: /options/*/value.
	OutcomesFrom []string        `json:"outcomes_from,omitzero"`
	ConfigSchema json.RawMessage `json:"config_schema,omitzero"` // JSON Schema 2020-12
	Reads        []string        `json:"reads,omitzero"`
	Writes       Writes          `json:"writes,omitzero"`
	Capabilities []string        `json:"capabilities,omitzero"`
	// Fetches are where http_fetch goes: a method, or *, a space and an address, whose path
	// may end in /* or ?*, or where the configuration has it: "POST https://risk.example.com/v1/score",
	// "GET config/url". Nothing else is fetched; none: wherever the operator allows.
	Fetches []string `json:"fetches,omitzero"`
}

// Writes is what a step type may put into its output.
type Writes struct {
	Vars []string `json:"vars,omitzero"`
	// VarsFrom are paths into the configuration, as in OutcomesFrom, that name
	// variables: the keys where the path ends in an object, the string where it
	// ends in one.
	VarsFrom []string `json:"vars_from,omitzero"`
	ACR      []string `json:"acr,omitzero"` // values or patterns with *
	// ACRFrom are paths into the configuration whose literal strings are acr values
	// that the step can set.
	ACRFrom  []string `json:"acr_from,omitzero"`
	AMR      []string `json:"amr,omitzero"`
	Claims   []string `json:"claims,omitzero"`
	Evidence []string `json:"evidence,omitzero"`
	Subject  bool     `json:"subject,omitzero"`
}
