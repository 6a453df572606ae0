package journey

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Seen is a copy of what a step read when it set an acr, by which it can be found out later
// what led it there. It holds no more than the manifest declares in reads: what the user
// typed and what the step keeps between two pages are in no part of it, and the claims of
// the account are with the account.
type Seen struct {
	Vars     json.RawMessage `json:"vars,omitzero"`
	Upstream json.RawMessage `json:"upstream,omitzero"`
	Device   *abi.Device     `json:"device,omitzero"`
}

// MaxTrailSeen bounds what a trail keeps of each part that a step read, in bytes. Of what is
// longer it keeps the length and the digest.
const MaxTrailSeen = 1 << 10

func seenBy(reads []string, run *Run) (s Seen) {
	if slices.Contains(reads, "vars") && len(run.Vars) > 0 {
		s.Vars = kept(run.Vars)
	}
	if slices.Contains(reads, "upstream") && len(run.Up) > 0 {
		s.Upstream = kept(run.Up)
	}
	if slices.Contains(reads, "device") {
		s.Device = new(run.Device) // it is bounded where it comes from
	}
	return s
}

// kept is a part as JSON, its members in the order of their names, or a text about it.
func kept(part any) json.RawMessage {
	text, err := json.Marshal(part)
	switch {
	case err != nil: // what a run holds came from JSON
		text = fmt.Appendf(nil, "%q", "not JSON: "+err.Error())
	case len(text) > MaxTrailSeen:
		text = fmt.Appendf(nil, `"left out: %d bytes, sha256:%x"`, len(text), sha256.Sum256(text))
	}
	return text
}
