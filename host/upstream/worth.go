package upstream

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/capability/deliver"
)

// worthACR is what a provider's acr comes to: its own value where the operator allows
// it, else the static one, else nothing.
func (p *Provider) worthACR(claim json.RawMessage) *string {
	var value string
	if json.Unmarshal(claim, &value) == nil && value != "" && matches(p.AllowACR, value) {
		return &value
	}
	if p.ACR == "" {
		return nil
	}
	return new(p.ACR)
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
		if value != "" && !slices.Contains(allowed, value) && matches(p.AllowAMR, value) {
			allowed = append(allowed, value)
		}
	}
	if len(allowed) > 0 || len(p.AMR) == 0 {
		return allowed, false
	}
	return slices.Clone(p.AMR), true
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
