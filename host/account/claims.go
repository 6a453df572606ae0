package account

import (
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/store"
)

// Claims are the standard claims of a user (OpenID Connect Core 5.1) and the
// operator's own: what steps and clients may learn. It has neither sub nor any
// other claim by which a token says who made it, for whom, or how the user
// signed in: those are never read from a profile.
func (*Service) Claims(u store.User) map[string]any {
	claims := maps.Clone(u.Claims)
	if claims == nil {
		claims = map[string]any{}
	}
	for _, name := range protocolClaims() {
		delete(claims, name)
	}
	if _, ok := claims["preferred_username"]; !ok {
		claims["preferred_username"] = u.Name
	}
	if u.Email != "" {
		claims["email"], claims["email_verified"] = u.Email, u.EmailVerified
	}
	if u.Phone != "" {
		claims["phone_number"], claims["phone_number_verified"] = u.Phone, u.PhoneVerified
	}
	if !u.UpdatedAt.IsZero() {
		claims["updated_at"] = u.UpdatedAt.Unix()
	}
	return claims
}

// ReservedClaim says whether a claim is never read from a profile: the host decides
// it, or the account has a field for it.
func ReservedClaim(name string) bool { return slices.Contains(protocolClaims(), name) }

// protocolClaims are the claims that the host decides, or that the account has
// fields for, so that a profile can't contradict them.
func protocolClaims() []string {
	return []string{
		// RFC 7519 4.1, RFC 7800, RFC 8693, RFC 9068
		"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf", "act", "may_act", "client_id", "scope",
		// OpenID Connect Core 2 and 3.1.3.6, Front- and Back-Channel Logout
		"auth_time", "nonce", "acr", "amr", "azp", "at_hash", "c_hash", "sid", "events",
		// the account's own fields
		"email", "email_verified", "phone_number", "phone_number_verified", "updated_at",
	}
}
