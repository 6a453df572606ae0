package registration

import (
	"context"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/config"
)

// StatementMember is the member that holds a software statement.
const StatementMember = "software_statement"

// WithStatement lays the claims of a software statement over what the client says itself
// (RFC 7591 2.3). A statement of somebody whom the operator has not named is refused, and
// never ignored: its claims may be narrower than the client's own words.
func (d Document) WithStatement(ctx context.Context, s config.Software, now time.Time) *Fault {
	raw, f := value[string](d, StatementMember, "a string")
	switch {
	case f != nil:
		return f
	case raw == "" && s.Required:
		return invalid("A software_statement is required.")
	case raw == "":
		return nil
	case s.JWKS == nil:
		return fault(UnapprovedStatement, "No software statements are taken here.")
	}
	set, err := clientkey.Parse(s.JWKS)
	if err != nil {
		return fault(UnapprovedStatement, "No software statements can be checked here.") // they were checked when they were read
	}
	signed, err := clientkey.Fixed(set).Verify(ctx, raw, clientkey.Algs())
	if err != nil {
		return fault(InvalidStatement, "The software_statement is not signed by somebody who is approved.")
	}
	return d.lay(signed.Payload, s.Issuer, now)
}

// Statement is the document's software statement, empty without one.
func (d Document) Statement() string {
	raw, _ := value[string](d, StatementMember, "a string")
	return raw
}

// lay puts the claims of a statement whose signature holds over the document.
func (d Document) lay(payload []byte, issuer string, now time.Time) *Fault {
	var claims Document
	if err := json.Unmarshal(payload, &claims); err != nil {
		return fault(InvalidStatement, "The software_statement's claims are not one JSON object.")
	}
	iss, f1 := value[string](claims, "iss", "a string")
	exp, f2 := value[float64](claims, "exp", "a number")
	nbf, f3 := value[float64](claims, "nbf", "a number")
	seconds := float64(now.Unix())
	switch {
	case f1 != nil || f2 != nil || f3 != nil:
		return fault(InvalidStatement, "A claim of the software_statement has a wrong type.")
	case iss != issuer:
		return fault(UnapprovedStatement, "The software_statement is by another issuer than the approved one.")
	case claims["exp"] != nil && exp <= seconds, nbf > seconds:
		return fault(InvalidStatement, "The software_statement is not valid now.")
	}
	for name := range members() {
		if v, ok := claims[name]; ok {
			d[name] = v
		}
	}
	return nil
}
