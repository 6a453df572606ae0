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

// UserIdentify is the request of the capability user_identify: make the user
// with this name the subject of the run. An unknown name answers NotFound and
// leaves no subject. It is no evidence.
type UserIdentify struct {
	Username string `json:"username"`
}

// UserIdentified is its answer.
type UserIdentified struct {
	Subject Subject `json:"subject"`
}

// PasswordVerify is the request of the capability password_verify. An empty
// user name means the run's subject. A right password makes the user the
// subject and records the evidence pwd. An unknown user and a wrong password
// get the same answer after the same work.
type PasswordVerify struct {
	Username string `json:"username,omitzero"`
	Password string `json:"password"`
}

// Verified is the answer of a capability that verifies something.
type Verified struct {
	OK bool `json:"ok"`
	// RetryAfter is how many seconds no further try is accepted; 0: at once.
	RetryAfter int64 `json:"retry_after,omitzero"`
}

// OTPSend is the request of the capability otp_send: send the run's subject a
// one-time code by a channel, sms or email. NotFound: the subject has no such
// address. LimitReached: too soon after the last one.
type OTPSend struct {
	Channel string `json:"channel"`
	Length  int    `json:"length,omitzero"`      // digits, 6 to 10; 0: 6
	TTL     int64  `json:"ttl_seconds,omitzero"` // 0: 300
	Text    string `json:"text,omitzero"`        // the message; {code} stands for the code
}

// OTPSent is its answer. To is masked: enough to recognise, not enough to learn.
type OTPSent struct {
	To string `json:"to"`
}

// OTPVerify is the request of the capability otp_verify: check the code that
// this run sent last. A right one records evidence; each code counts once.
type OTPVerify struct {
	Channel string `json:"channel"`
	Code    string `json:"code"`
}

// HTTPFetch is the request of the capability http_fetch: one HTTP request to an
// origin, and by a method, that the operator's grant names. Denied: it does not,
// or the name leads to an address inside the operator's network. Redirects are
// not followed.
type HTTPFetch struct {
	Method  string            `json:"method,omitzero"` // empty: GET
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers,omitzero"`
	Body    string            `json:"body,omitzero"`
}

// HTTPFetched is its answer, whatever the status. A body that is longer than 256
// KiB is LimitReached; one that is not UTF-8, or no answer within 5 seconds, is
// UpstreamFault.
type HTTPFetched struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"` // names in lower case; without set-cookie
	Body    string            `json:"body"`
}
