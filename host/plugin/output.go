package plugin

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/sdk/go/abi"
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

// scanOutput walks the document once, for its depth and its end, and gives the kinds
// of the outermost members.
func scanOutput(document []byte) (map[string]jsontext.Kind, error) {
	if len(bytes.TrimSpace(document)) == 0 {
		return nil, errors.New("there is no output document")
	}
	d := jsontext.NewDecoder(bytes.NewReader(document))
	if d.PeekKind() != jsontext.KindBeginObject {
		return nil, errors.New("the output document is not a JSON object")
	}
	present := map[string]jsontext.Kind{}
	for {
		token, err := d.ReadToken()
		if errors.Is(err, io.EOF) {
			return present, nil
		}
		if err != nil {
			return nil, fmt.Errorf("not an output document: %w", err)
		}
		depth := d.StackDepth()
		if depth > abi.MaxDepth {
			return nil, fmt.Errorf("the output document is nested more than %d deep", abi.MaxDepth)
		}
		if _, length := d.StackIndex(depth); depth == 1 && length%2 == 1 && token.Kind() == jsontext.KindString {
			present[token.String()] = d.PeekKind()
		}
		if depth == 0 {
			if rest := bytes.TrimLeft(document[d.InputOffset():], " \t\r\n"); len(rest) > 0 {
				return nil, errors.New("something follows the output document")
			}
		}
	}
}

// checkKind demands exactly one answer, and no null.
func checkKind(present map[string]jsontext.Kind) error {
	var kinds []string
	for _, k := range []string{"outcome", "prompt", "redirect", "error"} {
		if _, ok := present[k]; ok {
			kinds = append(kinds, k)
		}
	}
	if len(kinds) != 1 {
		return fmt.Errorf("exactly one of outcome, prompt, redirect and error is expected, found %q", kinds)
	}
	for name, kind := range present {
		if kind == jsontext.KindNull && name != "state" {
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

func checkValues(o *abi.Output, present map[string]jsontext.Kind) error {
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
