package capability

import "github.com/acrhost/acrhost/sdk/go/abi"

// refusal is an answer other than OK. The guest gets the status alone; the reason
// is for the operator's log and holds nothing that a user typed.
type refusal struct {
	status abi.Status
	reason string
}

func (r *refusal) Error() string { return r.status.String() + ": " + r.reason }

func badRequest(reason string) error   { return &refusal{abi.BadRequest, reason} }
func denied(reason string) error       { return &refusal{abi.Denied, reason} }
func notFound(reason string) error     { return &refusal{abi.NotFound, reason} }
func limitReached(reason string) error { return &refusal{abi.LimitReached, reason} }
