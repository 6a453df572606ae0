package oidc

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/config"
)

// The values of parameters that the provider knows.
const (
	promptNone          = "none"
	promptLogin         = "login"
	promptConsent       = "consent"
	promptSelectAccount = "select_account"
)

func supportedPrompts() []string {
	return []string{promptNone, promptLogin, promptConsent, promptSelectAccount}
}

// maxParam is the longest value that is handed to steps or kept, in bytes. The
// state is the client's own affair and only bounded by maxParams; a hint is
// bounded as a token.
const maxParam = 4 << 10

// maxMaxAge is the longest max_age that means anything, in seconds: a longer one
// is no limit, and would not fit a Duration.
const maxMaxAge = int64(math.MaxInt64 / time.Second)

// check looks at one thing of a request and fills it in. The first fault is the
// answer.
type check func(*authorization) *Error

// authorizeChecks are all checks between the proof of the redirect URI and the
// login, in the order in which they run. The first two decide how the answer to
// all others travels.
func (p *Provider) authorizeChecks() []check {
	return append(p.requestChecks(), p.checkConsent, p.checkSector, p.checkHint, p.checkReach)
}

// requestChecks are those that look at nothing but the request.
func (p *Provider) requestChecks() []check {
	return []check{
		checkState,
		checkResponseMode,
		checkRepeated,
		checkText,
		checkPushed,
		checkSigned,
		checkUnsupported,
		p.checkResponseType,
		checkGrantType,
		checkScope,
		checkImplicit,
		checkPKCE,
		checkKey,
		checkPrompt,
		checkMaxAge,
		checkClaims,
		checkACR,
		p.checkResource,
		checkDetails,
	}
}

// checkState keeps the state for the answer, also for that to a fault. Of several
// none is kept: which one is the client's can't be known.
func checkState(a *authorization) *Error {
	if a.repeated("state") {
		_ = checkResponseMode(a) // this answer travels as the client takes them, too
		return invalidRequest("The parameter state was sent more than once.")
	}
	a.to.State = a.get("state")
	return nil
}

// checkResponseMode: OAuth 2.0 Multiple Response Type Encoding Practices 2.1, OAuth 2.0
// Form Post Response Mode, and JARM 2.3. The default is the response type's, for faults too.
func checkResponseMode(a *authorization) *Error {
	a.responseType = config.ResponseType(a.get("response_type"))
	a.to.inMode("", a.responseType)
	mode := a.get("response_mode")
	switch {
	case a.repeated("response_mode"):
		return invalidRequest("The parameter response_mode was sent more than once.")
	case mode != "" && !slices.Contains(modesOf(a.responseType), mode):
		return invalidRequest("The response modes of this response type are " + strings.Join(modesOf(a.responseType), ", ") + ".")
	}
	a.to.inMode(mode, a.responseType)
	return nil
}

// understood lists the parameters that mean something here.
func understood() []string {
	return []string{
		"response_type", "scope", "nonce", "display", "prompt", "max_age", "ui_locales", "id_token_hint",
		"login_hint", "acr_values", "code_challenge", "code_challenge_method", "claims", "claims_locales", "registration", "dpop_jkt", "authorization_details",
	}
}

// checkRepeated: RFC 6749 3.1, no parameter more than once.
func checkRepeated(a *authorization) *Error {
	if name, ok := a.anyRepeated(understood()...); ok {
		return invalidRequest("The parameter " + name + " was sent more than once.")
	}
	return nil
}

// checkText bounds what is kept and handed on.
func checkText(a *authorization) *Error {
	for _, name := range understood() {
		if len(a.get(name)) > maxOf(name) {
			return invalidRequest("The parameter " + name + " is too long.")
		}
	}
	return nil
}

// maxOf is the longest value of a parameter, in bytes.
func maxOf(name string) int {
	switch name {
	case "id_token_hint":
		return maxParams
	case "authorization_details":
		return maxDetails
	}
	return maxParam
}

// checkUnsupported: OpenID Connect Core 7.2.1 has an error of its own.
func checkUnsupported(a *authorization) *Error {
	if a.has("registration") {
		return registrationNotSupported()
	}
	return nil
}

// checkScope grants what the client may have of what it asks for. The rest is left
// out (OpenID Connect Core 3.1.2.1, RFC 6749 3.3). Without openid it is plain
// OAuth: an access token and no ID token.
func checkScope(a *authorization) *Error {
	for _, scope := range spaced(a.get("scope")) {
		if slices.Contains(a.client.Scopes, scope) && !slices.Contains(a.scope, scope) {
			a.scope = append(a.scope, scope)
		}
	}
	if !a.has("scope") && (a.has("authorization_details") || a.has("resource")) {
		a.scope = []string{} // RFC 9396 3, and RFC 8707 2 likewise: they can stand for it. RFC 6749 3.3: no scope is the default
		return nil
	}
	switch {
	case !a.has("scope"):
		// RFC 6749 3.3: a token for nothing would help nobody.
		return invalidScope("The parameter scope is missing: openid signs the user in.")
	case len(a.scope) == 0:
		return invalidScope("The client may have none of the requested scopes.")
	}
	return nil
}

// checkPrompt: OpenID Connect Core 3.1.2.1. A value that is not known could ask for
// more care than the provider takes: it is refused.
func checkPrompt(a *authorization) *Error {
	a.prompt = spaced(a.get("prompt"))
	for _, value := range a.prompt {
		if !slices.Contains(supportedPrompts(), value) {
			return invalidRequest("The prompt value is not supported.")
		}
		if value == promptNone && len(a.prompt) > 1 {
			return invalidRequest("The prompt value none must stand alone.")
		}
	}
	return nil
}

// checkMaxAge: a non-negative whole number of seconds.
func checkMaxAge(a *authorization) *Error {
	text := a.get("max_age")
	if text == "" {
		if a.client.DefaultMaxAge > 0 {
			a.maxAge = new(int64(a.client.DefaultMaxAge / time.Second))
		}
		return nil
	}
	if strings.Trim(text, "0123456789") != "" {
		return invalidRequest("The parameter max_age must be a number of seconds.")
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds > maxMaxAge {
		seconds = maxMaxAge // digits only: it can but be too large
	}
	a.maxAge = &seconds
	return nil
}

// checkACR brings together all ways in which an acr can be asked for.
func checkACR(a *authorization) *Error {
	asked, err := acr.Resolve(acr.Request{Claim: a.acrClaim, ACRValues: a.get("acr_values"), Default: a.client.DefaultACRValues})
	if err != nil {
		return invalidRequest("The request for an acr is malformed.").because(err)
	}
	a.acr = asked
	return nil
}

// checkConsent: consent that can't be asked for is an error (OpenID Connect Core
// 3.1.2.1), and better one before the user has done anything.
func (p *Provider) checkConsent(a *authorization) *Error {
	if !slices.Contains(a.prompt, promptConsent) || p.AsksConsent(p.journeyFor(a.client, a.acr.Values)) {
		return nil
	}
	return nobodyAsks()
}

// checkHint: an ID token that this provider has issued, expired or not.
func (p *Provider) checkHint(a *authorization) *Error {
	hint := a.get("id_token_hint")
	if hint == "" {
		return nil
	}
	user, err := p.Keys.VerifyHint(hint, p.Issuer)
	if err != nil {
		return invalidRequest("The id_token_hint is not an ID token of this provider.").because(err)
	}
	// It may be one of another client, but then must name the same user by the same sub.
	other, err := p.client(context.Background(), user.Audience)
	if err != nil || !sameSubjects(other, a.client) {
		return invalidRequest("The id_token_hint is of a client that sees other subjects.").because(err)
	}
	if len(a.subjects) > 0 && !slices.Contains(a.subjects, user.Subject) {
		return invalidRequest("The id_token_hint and the requested sub name different users.")
	}
	a.subjects = []string{user.Subject}
	return nil
}

// spaced splits a list at its spaces. It is never nil: steps see a list, not null.
func spaced(list string) []string {
	values := []string{}
	for value := range strings.SplitSeq(list, " ") {
		if value != "" {
			values = append(values, value)
		}
	}
	return values
}
