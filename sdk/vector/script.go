package vector

import (
	"encoding/json"
	"sync"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// script answers capability calls as a vector says, and keeps what was asked.
type script struct {
	mu    sync.Mutex
	calls []Call
	asked []Call
}

// answer answers the next call. One that the vector does not expect here is denied; the
// comparison then shows it.
func (s *script) answer(capability string, request []byte) (abi.Status, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := len(s.asked)
	s.asked = append(s.asked, Call{Capability: capability, Request: asJSON(request)})
	if i >= len(s.calls) || s.calls[i].Capability != capability {
		return abi.Denied, nil
	}
	return s.calls[i].Status, s.calls[i].Answer
}

// asJSON is a text as JSON; one that is none becomes a string, to be shown.
func asJSON(text []byte) json.RawMessage {
	if json.Valid(text) {
		return json.RawMessage(string(text))
	}
	quoted, err := json.Marshal("no JSON: " + string(text))
	if err != nil {
		return json.RawMessage(`"no JSON"`)
	}
	return quoted
}
