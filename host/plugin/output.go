package plugin

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/leanjson"
)

// decodeOutput reads an output document. An identity provider must not guess: a
// member that is unknown, comes twice or differs in case only, invalid UTF-8,
// nesting over abi.MaxDepth, something after the document, two kinds of answer or
// none, and a member where it has no meaning, are all errors.
func decodeOutput(document []byte) (*abi.Output, error) {
	present, err := scanOutput(document)
	if err != nil {
		return nil, err
	}
	var o abi.Output
	if err := json.Unmarshal(document, &o, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("not an output document: %w", err)
	}
	if err := checkKind(present); err != nil {
		return nil, err
	}
	return &o, errors.Join(checkValues(&o, present), checkPrompt(o.Prompt))
}

// scanOutput walks the document once, for its depth and its end, and says of each of the
// outermost members whether it is null. It decodes nothing.
func scanOutput(document []byte) (null map[string]bool, err error) {
	if len(bytes.TrimSpace(document)) == 0 {
		return nil, errors.New("there is no output document")
	}
	p := leanjson.Parse(document)
	if p.IsNull() || !p.Object() {
		return nil, errors.New("the output document is not a JSON object")
	}
	null = map[string]bool{}
	for name, ok := p.Member(); ok; name, ok = p.Member() {
		null[name] = p.IsNull()
		p.Skip()
	}
	if err := p.End(); err != nil {
		return nil, fmt.Errorf("not an output document: %w", err)
	}
	if depth(document) > abi.MaxDepth {
		return nil, fmt.Errorf("the output document is nested more than %d deep", abi.MaxDepth)
	}
	return null, nil
}

// depth is how deep the objects and lists of a JSON document lie in each other.
func depth(document []byte) int {
	open, most, text := 0, 0, false
	for i := 0; i < len(document); i++ {
		switch c := document[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			open++
			most = max(most, open)
		case c == '}' || c == ']':
			open--
		}
	}
	return most
}

// checkKind demands exactly one answer, and no null. Of each member that is present it is known whether it is null.
func checkKind(present map[string]bool) error {
	var kinds []string
	for _, k := range []string{"outcome", "prompt", "redirect", "error"} {
		if _, ok := present[k]; ok {
			kinds = append(kinds, k)
		}
	}
	if len(kinds) != 1 {
		return fmt.Errorf("exactly one of outcome, prompt, redirect and error is expected, found %q", kinds)
	}
	for name, null := range present {
		if null && name != "state" {
			return fmt.Errorf("%s: null is not allowed", name)
		}
	}
	if _, ok := present["state"]; ok && (kinds[0] == "outcome" || kinds[0] == "error") {
		return errors.New("state: only with a prompt or a redirect")
	}
	if kinds[0] == "error" && len(present) > 1 {
		return errors.New("error: nothing else is allowed with it")
	}
	for name := range present {
		if kinds[0] != "outcome" && name != kinds[0] && name != "state" {
			return fmt.Errorf("%s: only with an outcome", name)
		}
	}
	return nil
}

// maxErrorCode bounds the code of an error document, which journeys compare.
const maxErrorCode = 128

func checkValues(o *abi.Output, present map[string]bool) error {
	if _, ok := present["outcome"]; ok && o.Outcome == "" {
		return errors.New("outcome: empty")
	}
	if o.ACR != nil {
		if _, err := acr.Canonical(o.ACR); err != nil {
			return fmt.Errorf("acr: %w", err)
		}
	}
	if o.Redirect != nil && o.Redirect.URL == "" {
		return errors.New("redirect.url: empty")
	}
	if o.Subject != nil && o.Subject.ID == "" {
		return errors.New("subject.id: empty")
	}
	if o.Error != nil && (o.Error.Code == "" || len(o.Error.Code) > maxErrorCode) {
		return fmt.Errorf("error.code: between 1 and %d bytes are expected", maxErrorCode)
	}
	if slices.Contains(o.AMR, "") {
		return errors.New("amr: empty value")
	}
	for _, e := range o.Evidence {
		if e.Method == "" || slices.Contains(e.AMR, "") {
			return errors.New("evidence: empty method or amr value")
		}
	}
	if _, ok := o.Vars[""]; ok {
		return errors.New("vars: empty name")
	}
	if _, ok := o.Claims[""]; ok {
		return errors.New("claims: empty name")
	}
	if string(o.State) == "null" {
		o.State = nil
	}
	return nil
}

// checkOutcome demands an outcome that the step type declares, under the
// configuration that the step was called with.
func checkOutcome(o *abi.Output, t abi.StepType, config stdjson.RawMessage) error {
	if o.Outcome == "" {
		return nil
	}
	var members map[string]any
	if len(config) > 0 {
		if err := json.Unmarshal(config, &members); err != nil {
			return errors.New("outcome: the step's configuration is no JSON object")
		}
	}
	outcomes, err := t.AllOutcomes(members)
	if err != nil {
		return fmt.Errorf("outcome: %w", err)
	}
	if !slices.Contains(outcomes, o.Outcome) {
		return fmt.Errorf("outcome: %q is none of %s", o.Outcome, strings.Join(outcomes, ", "))
	}
	return nil
}
