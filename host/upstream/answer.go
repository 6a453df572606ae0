package upstream

import (
	"errors"
	"net/url"
	"strings"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Answer is what the browser brought back (RFC 6749 4.1.2, RFC 9207 2).
type Answer struct {
	Code  string `json:"code,omitzero"`
	Error string `json:"error,omitzero"`
	ISS   string `json:"iss,omitzero"`
}

// maxParameter bounds each parameter of an answer, in bytes.
const maxParameter = 4 << 10

// ReadAnswer reads an answer and the state that it belongs to. A parameter that comes
// twice, or is too long, makes it none (RFC 6749 3.1). error_description is not read:
// nobody is shown what another server says.
func ReadAnswer(query url.Values) (state string, _ Answer, err error) {
	one := func(name string) string {
		values := query[name]
		if len(values) > 1 || len(values) == 1 && len(values[0]) > maxParameter {
			err = errors.New("the parameter " + name + " comes twice or is too long")
			return ""
		}
		return query.Get(name)
	}
	state = one("state")
	return state, Answer{Code: one("code"), Error: one("error"), ISS: one("iss")}, err
}

// Refused is a login that does not hold. Code is for the step, Reason for the log.
type Refused struct{ Code, Reason string }

// Error is the code and the reason.
func (r *Refused) Error() string { return r.Code + ": " + r.Reason }

func invalid(reason string) error { return &Refused{abi.UpstreamInvalid, reason} }

// errorCode is a provider's error as a step may see it: a word, or none of it.
func errorCode(sent string) string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789_"
	if len(sent) > 64 || strings.Trim(sent, letters) != "" {
		return abi.UpstreamInvalid
	}
	return sent
}

// check looks at an answer before its code is used: whose it is (mix-up, RFC 9207 2.4),
// then whether it is an error.
func (p *Provider) check(f *found, pending *Pending, a Answer) error {
	switch {
	case pending.Provider != p.Name || pending.Issuer != p.Issuer:
		return invalid("it was begun at another provider")
	case a.ISS != "" && a.ISS != p.Issuer, a.ISS == "" && f.answersISS:
		return invalid("the answer is not this provider's: iss is wrong or absent")
	case a.Error != "":
		return &Refused{errorCode(a.Error), "the provider said no"}
	case a.Code == "":
		return invalid("no code")
	}
	return nil
}
