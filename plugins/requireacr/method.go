package requireacr

import "github.com/acrhost/acrhost/sdk/go/abi"

// Method is something that a journey can ask for.
type Method string

// The methods.
const (
	password Method = "password"
	sms      Method = "sms"
	email    Method = "email"
	totp     Method = "totp"
	passkey  Method = "passkey"

	none Method = "none" // in the variable: there is nothing to ask for
)

// JSONSchema lists them.
func (Method) JSONSchema() string {
	return `{"type":"string","enum":["password","sms","email","totp","passkey"]}`
}

// brings are the amr values that a use of the method can leave. Of a passkey nobody
// knows before it was used how its key is guarded.
func (m Method) brings() []string {
	switch m {
	case password:
		return []string{"pwd"}
	case sms:
		return []string{"sms"}
	case email, totp:
		return []string{"otp"}
	case passkey:
		return []string{"hwk", "pop", "swk", "user", mfa}
	}
	return nil
}

// methodOf is the method that leaves evidence of this name. What no method leaves,
// such as a login elsewhere, keeps its name.
func methodOf(evidence string) Method {
	if evidence == "pwd" {
		return password
	}
	return Method(evidence)
}

// owned are the methods that a user has.
func owned(methods []Method, has abi.UserFactors) []Method {
	var all []Method
	for _, m := range methods {
		switch {
		case m == password && has.Password, m == sms && has.Phone, m == email && has.Email,
			m == totp && has.TOTP > 0, m == passkey && has.Passkeys > 0:
			all = append(all, m)
		}
	}
	return all
}
