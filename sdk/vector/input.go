package vector

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// blank is a first call with nothing known, at a time that does not pass: what a vector
// says must come true tomorrow too.
const blank = `{
	"abi": "` + abi.Version + `",
	"call": {"id": "c_vector", "type": "", "step": "step", "attempt": 1, "now": "2026-01-01T00:00:00Z", "interactive": true},
	"journey": {"name": "vector", "run": "r_vector", "started_at": "2026-01-01T00:00:00Z", "path": []},
	"config": {},
	"request": {"client_id": "client", "acr_values": [], "acr_essential": false, "scope": ["openid"], "prompt": [],
		"max_age": null, "login_hint": null, "ui_locales": []},
	"acr": {"current": null, "set": false},
	"amr": [], "evidence": [], "subject": null, "upstream": {},
	"device": {"ip": "192.0.2.1", "user_agent": "vector"},
	"vars": {}, "form": null, "action": null, "state": null
}`

// filled are the members of the input whose own members are filled in too.
func filled(member string) bool {
	return member == "call" || member == "journey" || member == "request" || member == "acr" || member == "device"
}

// Document is the vector's whole input document, for the given step type: what Input
// leaves out is that of a first call with nothing known, on 1 January 2026.
func (v Vector) Document(step string) ([]byte, error) {
	given, err := members(v.Input)
	if err != nil {
		return nil, fmt.Errorf("input: %w", err)
	}
	whole, err := members([]byte(blank))
	if err != nil {
		return nil, err
	}
	for name, value := range given {
		if whole[name], err = fill(name, whole[name], value); err != nil {
			return nil, fmt.Errorf("input.%s: %w", name, err)
		}
	}
	if step != "" {
		call, err := members(whole["call"])
		if err != nil {
			return nil, err
		}
		if call["type"], err = json.Marshal(step); err != nil {
			return nil, err
		}
		whole["call"] = object(call)
	}
	return object(whole), nil
}

// fill lays a member over that of the blank input.
func fill(name string, under, over json.RawMessage) (json.RawMessage, error) {
	if !filled(name) {
		return over, nil
	}
	all, err := members(under)
	if err != nil {
		return nil, err
	}
	given, err := members(over)
	if err != nil {
		return nil, err
	}
	maps.Copy(all, given)
	return object(all), nil
}

// members are those of a JSON object, each as it is written. No object has none.
func members(object json.RawMessage) (map[string]json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	if len(object) == 0 {
		return all, nil
	}
	if err := json.Unmarshal(object, &all); err != nil {
		return nil, fmt.Errorf("a JSON object is expected: %w", err)
	}
	if all == nil {
		return nil, fmt.Errorf("a JSON object is expected, not null")
	}
	return all, nil
}
