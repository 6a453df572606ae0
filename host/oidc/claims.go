package oidc

import (
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/token"
)

// The scopes that mean something to the provider (OpenID Connect Core 5.4 and 11).
const (
	scopeOpenID  = "openid"
	scopeProfile = "profile"
	scopeEmail   = "email"
	scopeAddress = "address"
	scopePhone   = "phone"
	scopeOffline = "offline_access"
)

func supportedScopes() []string {
	return []string{scopeOpenID, scopeProfile, scopeEmail, scopeAddress, scopePhone, scopeOffline}
}

// defaultScopes are those of a client that names none.
func defaultScopes() []string { return supportedScopes() }

// profileClaims are the claims of the scope profile (OpenID Connect Core 5.4).
const profileClaims = `name family_name given_name middle_name nickname preferred_username profile
	picture website gender birthdate zoneinfo locale updated_at`

func supportedClaims() []string {
	of := []string{"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "acr", "amr", "sid"}
	of = append(of, strings.Fields(profileClaims)...)
	return append(of, "email", "email_verified", account.AddressClaim, "phone_number", "phone_number_verified")
}

// scopeOf is the scope that covers a claim: empty for those about the login, which
// need none. The rest is not known.
func scopeOf(claim string) (scope string, known bool) {
	switch claim {
	case "acr", "amr", "auth_time":
		return "", true
	case "email", "email_verified":
		return scopeEmail, true
	case account.AddressClaim:
		return scopeAddress, true
	case "phone_number", "phone_number_verified":
		return scopePhone, true
	}
	return scopeProfile, slices.Contains(strings.Fields(profileClaims), claim)
}

// ScopeOf is the scope that covers a claim of the user's (OpenID Connect Core 5.4); empty:
// none does.
func ScopeOf(claim string) string {
	if scope, known := scopeOf(claim); known {
		return scope
	}
	return ""
}

// userClaims is what the scopes give of a user, and those that were asked for one by
// one, with the claims that the journey added. Those stand for what was true in this
// login and beat the account's, but never say who the user is, nor how well they
// signed in.
func userClaims(u store.User, scope, wanted []string, added map[string]any) map[string]any {
	claims := map[string]any{}
	for name, value := range claimsOf(u) {
		if covers, _ := scopeOf(name); slices.Contains(scope, covers) || slices.Contains(wanted, name) {
			claims[name] = value
		}
	}
	for name, value := range added {
		if !token.Reserved(name) {
			claims[name] = value
		}
	}
	claims["sub"] = u.ID
	return claims
}

// claimsOf is all that the provider can say of a user.
func claimsOf(u store.User) map[string]any {
	claims := profileOf(u)
	if u.Email != "" {
		claims["email"], claims["email_verified"] = u.Email, u.EmailVerified
	}
	if u.Phone != "" {
		claims["phone_number"], claims["phone_number_verified"] = u.Phone, u.PhoneVerified
	}
	if address := account.Address(u.Claims); len(address) > 0 {
		claims[account.AddressClaim] = address
	}
	return claims
}

// profileOf is the account's profile. What else the operator keeps in its claims is
// for the journeys and does not leave by this door.
func profileOf(u store.User) map[string]any {
	claims := map[string]any{"preferred_username": u.Name}
	if !u.UpdatedAt.IsZero() {
		claims["updated_at"] = u.UpdatedAt.Unix()
	}
	for name := range strings.FieldsSeq(profileClaims) {
		if value, ok := u.Claims[name]; ok {
			claims[name] = value
		}
	}
	return claims
}
