package oidc

import (
	"maps"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/token"
)

// The scopes that mean something to the provider (OpenID Connect Core 5.4 and 11).
const (
	scopeOpenID  = "openid"
	scopeProfile = "profile"
	scopeEmail   = "email"
	scopePhone   = "phone"
	scopeOffline = "offline_access"
)

func supportedScopes() []string {
	return []string{scopeOpenID, scopeProfile, scopeEmail, scopePhone, scopeOffline}
}

// defaultScopes are those of a client that names none.
func defaultScopes() []string { return supportedScopes() }

// profileClaims are the claims of the scope profile (OpenID Connect Core 5.4).
const profileClaims = `name family_name given_name middle_name nickname preferred_username profile
	picture website gender birthdate zoneinfo locale updated_at`

func supportedClaims() []string {
	of := []string{"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "acr", "amr"}
	of = append(of, strings.Fields(profileClaims)...)
	return append(of, "email", "email_verified", "phone_number", "phone_number_verified")
}

// userClaims is what the scopes give of a user, with the claims that the journey
// added. Those stand for what was true in this login and beat the account's, but
// never say who the user is, nor how well they signed in.
func userClaims(u store.User, scope []string, added map[string]any) map[string]any {
	claims := map[string]any{}
	if slices.Contains(scope, scopeProfile) {
		maps.Copy(claims, profileOf(u))
	}
	if slices.Contains(scope, scopeEmail) && u.Email != "" {
		claims["email"], claims["email_verified"] = u.Email, u.EmailVerified
	}
	if slices.Contains(scope, scopePhone) && u.Phone != "" {
		claims["phone_number"], claims["phone_number_verified"] = u.Phone, u.PhoneVerified
	}
	for name, value := range added {
		if !token.Reserved(name) {
			claims[name] = value
		}
	}
	claims["sub"] = u.ID
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
