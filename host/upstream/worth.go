package upstream

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/capability/deliver"
)

// worthACR is what a provider's acr comes to: its own value where the operator allows
// it, else the static one, else nothing.
func (p *Provider) worthACR(claim json.RawMessage) *string {
	if value, ok := allowedACR(claim, p.AllowACR); ok {
		return &value
	}
	if p.ACR == "" {
		return nil
	}
	return new(p.ACR)
}

// allowedACR is the claim where it is a text that can be an acr here and that is allowed.
// What can't be one (too long, control characters) is as good as none: it must not end
// the logins of whoever can have it put there.
func allowedACR(claim json.RawMessage, allow []string) (string, bool) {
	if len(claim) == 0 || claim[0] != '"' {
		return "", false
	}
	value, err := acr.Canonical(claim)
	return value, err == nil && matches(allow, value)
}

// worthAMR is the same for amr: those of its values that are allowed, or, when it says
// none of them, the static ones. Never both: "pwd" by default and "hwk" by its word
// would look like two factors.
func (p *Provider) worthAMR(claim json.RawMessage) (_ []string, static bool) {
	var values []string
	if json.Unmarshal(claim, &values) != nil {
		values = nil
	}
	allowed := []string{}
	for _, value := range values {
		if isAMR(value) && !slices.Contains(allowed, value) && matches(p.AllowAMR, value) {
			allowed = append(allowed, value)
		}
	}
	if len(allowed) > 0 || len(p.AMR) == 0 {
		return allowed, false
	}
	return slices.Clone(p.AMR), true
}

// maxAMR bounds a value of amr, in bytes.
const maxAMR = 128

// isAMR says whether a text can be a value of amr: RFC 8176 has short words.
func isAMR(value string) bool {
	return value != "" && len(value) <= maxAMR && !strings.ContainsFunc(value, unicode.IsControl)
}

// verifiedEmail is an address that the provider says it has verified, in words that
// leave no doubt, and of a domain for which its word counts.
func (p *Provider) verifiedEmail(claims map[string]any) string {
	email, _ := claims["email"].(string)
	verified, _ := claims["email_verified"].(bool)
	_, domain, ok := strings.Cut(email, "@")
	if !verified || !ok || deliver.CheckAddress(deliver.Email, email) != nil {
		return ""
	}
	for _, trusted := range p.EmailDomains {
		if trusted == "*" || strings.EqualFold(trusted, domain) {
			return email
		}
	}
	return ""
}

func matches(patterns []string, value string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return acr.Match(pattern, value) })
}
