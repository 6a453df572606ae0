package roster

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/store"
)

const (
	maxID     = 255      // OpenID Connect Core 2: sub, in ASCII characters
	maxClaims = 16 << 10 // bytes of JSON: steps read them in each login
)

// check says all that is wrong with what a row holds.
func (r Row) check(accounts *account.Service, plain bool) (faults []Fault) {
	say := func(format string, args ...any) { faults = append(faults, fault(r.line, format, args...)) }
	if _, err := store.NormalizeName(r.Name); err != nil {
		say("name %q: %v", r.Name, err)
	}
	if len(r.ID) > maxID || strings.ContainsFunc(r.ID, func(c rune) bool { return c <= ' ' || c > '~' }) {
		say("id: it must be at most %d plain characters without spaces", maxID)
	}
	r.checkAddress(say, "email", deliver.Email, or(r.Email), or(r.EmailVerified))
	r.checkAddress(say, "phone", deliver.SMS, or(r.Phone), or(r.PhoneVerified))
	r.checkClaims(say)
	r.checkPassword(say, accounts, plain)
	return faults
}

func (r Row) checkAddress(say func(string, ...any), member, channel, address string, verified bool) {
	if address == "" {
		if verified {
			say("%s_verified: there is no %s that could be", member, member)
		}
		return
	}
	if err := deliver.CheckAddress(channel, address); err != nil {
		say("%s %q: %v", member, address, err)
	}
}

func (r Row) checkClaims(say func(string, ...any)) {
	for _, name := range slices.Sorted(maps.Keys(r.Claims)) {
		if account.ReservedClaim(name) {
			say("claims: %s is the host's, or a member of its own, and never read from a profile; leave it out", name)
		}
	}
	if err := account.CheckAddress(r.Claims); err != nil {
		say("claims: %v", err)
	}
	if text, err := json.Marshal(r.Claims); err != nil || len(text) > maxClaims {
		say("claims: they must be %d bytes of JSON at most", maxClaims)
	}
}

func (r Row) checkPassword(say func(string, ...any), accounts *account.Service, plain bool) {
	switch {
	case r.Password != "" && r.PasswordHash != "":
		say("password: there is a password_hash too; keep one of them")
	case r.Password != "" && !plain:
		say("password: passwords in the clear are refused; bring password_hash, or allow it by --insecure-plain-passwords")
	case r.Password != "":
		if err := accounts.CheckPassword(r.Password); err != nil {
			say("password: %v", err)
		}
	case r.PasswordHash != "":
		if err := account.CheckPasswordHash(r.PasswordHash); err != nil {
			say("password_hash: %v", err)
		}
	}
}
