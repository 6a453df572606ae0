package capability

import (
	"strconv"
	"time"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// refusal is an answer other than OK. The guest gets the status and, seldom, a
// document; the reason is for the operator's log and holds nothing that a user
// typed.
type refusal struct {
	status abi.Status
	reason string
	answer []byte
}

func (r *refusal) Error() string { return r.status.String() + ": " + r.reason }

func badRequest(reason string) error   { return &refusal{status: abi.BadRequest, reason: reason} }
func denied(reason string) error       { return &refusal{status: abi.Denied, reason: reason} }
func notFound(reason string) error     { return &refusal{status: abi.NotFound, reason: reason} }
func limitReached(reason string) error { return &refusal{status: abi.LimitReached, reason: reason} }

// later is a limit that time lifts: the guest learns when, in whole seconds.
func later(reason string, wait time.Duration) error {
	seconds := int64((wait + time.Second - 1) / time.Second)
	document := `{"ok":false,"retry_after":` + strconv.FormatInt(max(1, seconds), 10) + `}`
	return &refusal{abi.LimitReached, reason, []byte(document)}
}
