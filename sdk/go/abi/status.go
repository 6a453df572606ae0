package abi

// Status is what a capability import returns.
type Status int32

// The statuses of ABI 1.0. Denied is a value that a step can handle.
const (
	OK            Status = 0
	Denied        Status = 1
	BadRequest    Status = 2
	NotFound      Status = 3
	UpstreamFault Status = 4
	LimitReached  Status = 5
)

// String is the status as a word, for messages.
func (s Status) String() string {
	switch s {
	case OK:
		return "ok"
	case Denied:
		return "denied"
	case BadRequest:
		return "bad request"
	case NotFound:
		return "not found"
	case UpstreamFault:
		return "upstream fault"
	case LimitReached:
		return "limit reached"
	}
	return "unknown status"
}
