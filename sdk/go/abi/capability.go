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

// Verified is the answer of a capability that verifies something. With LimitReached
// nothing was compared.
type Verified struct {
	OK bool `json:"ok"`
	// Change, of a right password: it has to be changed first, by password_set, and
	// gives no evidence before.
	Change bool `json:"change,omitzero"`
	// RetryAfter is how many seconds no further try is accepted; 0: at once.
	RetryAfter int64 `json:"retry_after,omitzero"`
}

// PasswordSet is the request of the capability password_set: give the run's subject
// another password, and record the evidence pwd. Denied: the old one was not
// verified in this very run, or was changed since.
type PasswordSet struct {
	Password string `json:"password"`
}

// PasswordChosen is its answer.
type PasswordChosen struct {
	OK     bool          `json:"ok"`
	Reason PasswordFault `json:"reason,omitzero"` // why not
}

// PasswordFault says what is wrong with a password that somebody chose.
type PasswordFault string

// The faults of ABI 1.0.
const (
	PasswordTooShort   PasswordFault = "too_short" // fewer than 8 characters
	PasswordTooLong    PasswordFault = "too_long"  // more than 1024 bytes
	PasswordCharacters PasswordFault = "characters"
	PasswordBreached   PasswordFault = "breached"
	PasswordSame       PasswordFault = "same"
)

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
	// RetryAfter, with LimitReached, is in how many seconds another can be sent; 0: the
	// host does not say.
	RetryAfter int64 `json:"retry_after,omitzero"`
}

// OTPVerify is the request of the capability otp_verify: check the code that
// this run sent last. A right one records evidence; each code counts once.
type OTPVerify struct {
	Channel string `json:"channel"`
	Code    string `json:"code"`
}

// Nothing is the request of a capability that needs no words, and the answer of one
// that has none to say.
type Nothing struct{}

// UserFactors is the answer of the capability user_factors: what the run's subject
// can prove themselves with. It says nothing that would identify a factor.
type UserFactors struct {
	Password      bool `json:"password"`
	Passkeys      int  `json:"passkeys"`
	TOTP          int  `json:"totp"`           // authenticator apps
	RecoveryCodes int  `json:"recovery_codes"` // those that are left
	Phone         bool `json:"phone"`          // codes by SMS reach the subject
	Email         bool `json:"email"`          // codes by e-mail do
}

// PasskeyOptions is the request of passkey_login_options and
// passkey_register_options: begin a WebAuthn ceremony, which the host keeps for the
// run. The page's field of the type passkey_get or passkey_create then gets its
// options from the host. NotFound: the subject has no passkey, or this host can't
// use any. Denied at a registration: what was verified of the user in this login is
// too weak, or too old, to add a factor.
type PasskeyOptions struct {
	// UserVerification is required, preferred or discouraged (WebAuthn 5.8.6); empty:
	// required.
	UserVerification string `json:"user_verification,omitzero"`
}

// PasskeyResponse is the request of passkey_login and passkey_register: what the
// page's field came back with. A right one records evidence. At a login without a
// subject the passkey's owner becomes it.
type PasskeyResponse struct {
	Response string `json:"response"`
	Name     string `json:"name,omitzero"` // of a new passkey, for its owner to know it by
}

// CodeCheck is the request of totp_verify, totp_confirm and recovery_verify: a code
// that the user typed. A right one records evidence, and counts once.
type CodeCheck struct {
	Code string `json:"code"`
	Name string `json:"name,omitzero"` // of a new authenticator app, for its owner to know it by
}

// RecoveryVerified is the answer of recovery_verify.
type RecoveryVerified struct {
	Verified
	Left int `json:"left"` // codes that were not used yet
}

// AddressEnroll is the request of address_enroll: send a code to a phone number or
// an e-mail address that the run's subject wants to add. address_confirm takes the
// code, as an OTPVerify.
type AddressEnroll struct {
	Channel string `json:"channel"` // sms or email
	Address string `json:"address"`
}

// ConsentCheck is the request of the capability consent_check, which says whether the
// run's subject allowed the client all that it asks for before, or need not be asked
// because the client is the operator's own. Its answer is a Verified. Never under
// prompt=consent. Nobody allows authorization details for good: with them it is so for the
// operator's own clients alone.
type ConsentCheck = Nothing

// ConsentGive is the request of the capability consent_give, which says that the user
// allowed the client what it asked for, which is the scope, the claims and the
// authorization details of the request; the step has shown all of them. prompt=consent is met by nothing else (OpenID
// Connect Core 3.1.2.1). Denied where no page may be shown.
type ConsentGive = Nothing

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
