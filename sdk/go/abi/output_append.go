package abi

import (
	"fmt"

	"github.com/acrhost/acrhost/sdk/go/internal/leanjson"
)

// AppendJSON appends the document to b: byte for byte what encoding/json writes
// without HTML escapes. An error names the member that is no JSON.
func (o Output) AppendJSON(b []byte) ([]byte, error) {
	var err error
	b = append(b, '{')
	b = member(b, `"outcome":`, o.Outcome)
	if o.ACR != nil {
		if b, err = leanjson.AppendRaw(name(b, `"acr":`), o.ACR); err != nil {
			return b, fmt.Errorf("acr: %w", err)
		}
	}
	if o.Vars != nil {
		if b, err = leanjson.AppendMap(name(b, `"vars":`), o.Vars); err != nil {
			return b, fmt.Errorf("vars: %w", err)
		}
	}
	if o.Claims != nil {
		if b, err = leanjson.AppendMap(name(b, `"claims":`), o.Claims); err != nil {
			return b, fmt.Errorf("claims: %w", err)
		}
	}
	if b, err = o.appendRest(b); err != nil {
		return b, err
	}
	return append(b, '}'), nil
}

func (o *Output) appendRest(b []byte) ([]byte, error) {
	b = texts(b, `"amr":`, o.AMR)
	b = list(b, `"evidence":`, o.Evidence, Asserted.appendJSON)
	if o.Subject != nil {
		b = append(appendText(name(b, `"subject":`), `{"id":`, o.Subject.ID), '}')
	}
	if o.Prompt != nil {
		b = o.Prompt.appendJSON(name(b, `"prompt":`))
	}
	if o.Redirect != nil {
		b = append(appendText(name(b, `"redirect":`), `{"url":`, o.Redirect.URL), '}')
	}
	if o.State != nil {
		var err error
		if b, err = leanjson.AppendRaw(name(b, `"state":`), o.State); err != nil {
			return b, fmt.Errorf("state: %w", err)
		}
	}
	if o.Error != nil {
		b = appendText(name(b, `"error":`), `{"code":`, o.Error.Code)
		b = append(appendText(b, `,"message":`, o.Error.Message), '}')
	}
	return b, nil
}

func (a Asserted) appendJSON(b []byte) []byte {
	b = appendText(b, `{"method":`, a.Method)
	return append(texts(b, `"amr":`, a.AMR), '}')
}

func (p *Prompt) appendJSON(b []byte) []byte {
	b = append(b, '{')
	b = member(b, `"title":`, p.Title)
	b = member(b, `"text":`, p.Text)
	b = member(b, `"error":`, p.Error)
	b = list(b, `"fields":`, p.Fields, Field.appendJSON)
	b = list(b, `"actions":`, p.Actions, Action.appendJSON)
	return append(b, '}')
}

func (f Field) appendJSON(b []byte) []byte {
	b = appendText(b, `{"name":`, f.Name)
	b = appendText(b, `,"type":`, string(f.Type))
	b = member(b, `"label":`, f.Label)
	b = member(b, `"hint":`, f.Hint)
	b = member(b, `"error":`, f.Error)
	b = member(b, `"value":`, f.Value)
	if f.Required {
		b = append(b, `,"required":true`...)
	}
	if f.ReadOnly {
		b = append(b, `,"read_only":true`...)
	}
	b = list(b, `"options":`, f.Options, Option.appendJSON)
	return append(b, '}')
}

func (o Option) appendJSON(b []byte) []byte {
	b = appendText(b, `{"value":`, o.Value)
	return append(member(b, `"label":`, o.Label), '}')
}

func (a Action) appendJSON(b []byte) []byte {
	b = appendText(b, `{"name":`, a.Name)
	return append(member(b, `"label":`, a.Label), '}')
}

// name appends the name of a member, and a comma unless it is the object's first.
func name(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(b, name...)
}

// member appends a text, unless it is empty.
func member(b []byte, before, text string) []byte {
	if text == "" {
		return b
	}
	return leanjson.AppendText(name(b, before), text)
}

// texts appends a list of texts, unless it is nil.
func texts(b []byte, before string, all []string) []byte {
	if all == nil {
		return b
	}
	return leanjson.AppendTexts(name(b, before), all)
}

// list appends a list, unless it is nil.
func list[E any](b []byte, before string, all []E, element func(E, []byte) []byte) []byte {
	if all == nil {
		return b
	}
	b = append(name(b, before), '[')
	for i, e := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = element(e, b)
	}
	return append(b, ']')
}
