package oidc

import (
	"fmt"
	"net/http"

	"github.com/acrhost/acrhost/host/store"
)

// The schemes of challenges (RFC 7617, RFC 6750 3, RFC 9449 7.1).
const (
	schemeBasic  = "Basic"
	schemeBearer = "Bearer"
	schemeDPoP   = "DPoP"
)

// Error is a fault in the words of OAuth. Code and Description go to the client;
// the cause is for the log and never does. The constructors below are the only
// makers: each decides code and status once.
type Error struct {
	Code        string
	Description string
	status      int
	// scheme of the WWW-Authenticate header, empty without one.
	scheme string
	cause  error
}

// Error is for the log.
func (e *Error) Error() string {
	text := e.Code
	if e.Description != "" {
		text += ": " + e.Description
	}
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.cause }

// because adds what the log should say and the client must not know.
func (e *Error) because(cause error) *Error {
	e.cause = cause
	return e
}

// becausef is because with a text.
func (e *Error) becausef(format string, args ...any) *Error {
	return e.because(fmt.Errorf(format, args...))
}

func badRequest(code, description string) *Error {
	return &Error{Code: code, Description: description, status: http.StatusBadRequest}
}

// RFC 6749 4.1.2.1 and 5.2.

func invalidRequest(description string) *Error { return badRequest("invalid_request", description) }

func invalidScope(description string) *Error { return badRequest("invalid_scope", description) }

func unauthorizedClient() *Error {
	return badRequest("unauthorized_client", "The client may not use this grant type.")
}

func unsupportedResponseType() *Error {
	return badRequest("unsupported_response_type", "The response type is not one of those that discovery lists.")
}

func unsupportedGrantType() *Error {
	return badRequest("unsupported_grant_type", "The grant type is not one of those that discovery lists.")
}

// invalidGrant has one text for all causes: whoever tries stolen codes learns
// nothing from it.
func invalidGrant() *Error {
	return badRequest("invalid_grant", "The code or token is not valid for this request.")
}

// invalidClient is a 401 with a challenge, which HTTP demands (RFC 9110 15.5.2)
// and RFC 6749 5.2 wants whenever the client tried the header.
func invalidClient() *Error {
	return &Error{Code: "invalid_client", Description: "Client authentication failed.", status: http.StatusUnauthorized, scheme: schemeBasic}
}

func accessDenied() *Error {
	return &Error{Code: "access_denied", Description: "The sign-in did not succeed.", status: http.StatusForbidden}
}

// serverError is for what went wrong here. What only took too long is another error: the
// client may try again, and nobody has to look for a fault.
func serverError(cause error) *Error {
	if store.Busy(cause) {
		return overloaded(cause)
	}
	return failed(cause)
}

// failed is for what won't be better by trying again.
func failed(cause error) *Error {
	return &Error{Code: "server_error", Description: "The request could not be completed.", status: http.StatusInternalServerError, cause: cause}
}

// overloaded: RFC 6749 4.1.2.1 has the code for the authorization endpoint. Where requests are
// answered by JSON it is a 503, which says all; RFC 6749 5.2 has no code for it.
func overloaded(cause error) *Error {
	return &Error{Code: "temporarily_unavailable", Description: "Too much is going on here at the moment: try again in a little while.", status: http.StatusServiceUnavailable, cause: cause}
}

// OpenID Connect Core 3.1.2.6.

func loginRequired() *Error { return badRequest("login_required", "The user must sign in.") }

func interactionRequired() *Error {
	return badRequest("interaction_required", "The user must be asked something.")
}

func consentRequired() *Error {
	return badRequest("consent_required", "The user did not give the consent that was asked for.")
}

// nobodyAsks: it is the operator's to change, so that the client's developer should not look
// for a user who said no.
func nobodyAsks() *Error {
	return badRequest("consent_required", "The request asks for consent by its prompt, but this client's login has no step that asks the user.")
}

func requestNotSupported() *Error {
	return badRequest("request_not_supported", "The request parameter is not supported.")
}

func requestURINotSupported() *Error {
	return badRequest("request_uri_not_supported", "The request_uri parameter is not supported.")
}

// invalidRequestObject and invalidRequestURI are also RFC 9101 7.
func invalidRequestObject() *Error {
	return badRequest("invalid_request_object", "The request object is not valid (request).")
}

func invalidRequestURI() *Error {
	return badRequest("invalid_request_uri", "The request_uri cannot be used.")
}

func registrationNotSupported() *Error {
	return badRequest("registration_not_supported", "The registration parameter is not supported.")
}

// invalidDetails is RFC 9396 5.
func invalidDetails() *Error {
	return badRequest("invalid_authorization_details", "The authorization_details are malformed, or the client may not ask for them.")
}

// unmetAuthentication is OpenID Connect Core Error Code
// unmet_authentication_requirements 1.0, and RFC 9470 5.
func unmetAuthentication() *Error {
	return badRequest("unmet_authentication_requirements", "The sign-in did not reach a requested acr.")
}

// journeyError is the error of a terminal @error:CODE.
func journeyError(code string) *Error { return badRequest(code, "") }

// RFC 8628 3.5.

func authorizationPending() *Error {
	return badRequest("authorization_pending", "The user has not decided yet.")
}

func slowDown() *Error {
	return badRequest("slow_down", "The device asks too often: wait five seconds longer from now on.")
}

func expiredToken() *Error {
	return badRequest("expired_token", "The device code has expired: begin anew.")
}

func deviceDenied() *Error {
	return badRequest(accessDenied().Code, "The user or the provider has refused.")
}

// RFC 8693 2.2.2.

func invalidTarget() *Error {
	return badRequest("invalid_target", "The client may not have tokens for this resource or audience.")
}

// RFC 9449 5 and 8.

func invalidProof(description string) *Error {
	return badRequest("invalid_dpop_proof", description)
}

func useNonce() *Error {
	return badRequest("use_dpop_nonce", "The DPoP proof must hold the nonce of this answer's DPoP-Nonce header.")
}

// at makes it the answer of a resource to a token that came by a scheme: a 401 with a
// challenge (RFC 9449 7.1).
func (e *Error) at(scheme string) *Error {
	if e.status == http.StatusBadRequest {
		e.status = http.StatusUnauthorized
	}
	e.scheme = scheme
	return e
}

// challenging adds a challenge, whatever the status (RFC 6750 3.1).
func (e *Error) challenging(scheme string) *Error {
	e.scheme = scheme
	return e
}

// saying replaces the description.
func (e *Error) saying(description string) *Error {
	e.Description = description
	return e
}

// invalidRegistrationToken is one answer to all wrong tokens, and to none (RFC 7592 2): it
// does not tell who is registered.
func invalidRegistrationToken() *Error {
	return invalidToken().saying("A token is needed that allows this.")
}

// RFC 6750 3.1.

func invalidToken() *Error {
	return &Error{Code: "invalid_token", Description: "The access token is not valid.", status: http.StatusUnauthorized, scheme: schemeBearer}
}

func insufficientScope() *Error {
	return &Error{Code: "insufficient_scope", Description: "The access token lacks the scope openid.", status: http.StatusForbidden, scheme: schemeBearer}
}

// noToken carries no code: the client asked without a token, which is a question
// rather than a fault (RFC 6750 3.1).
func noToken() *Error { return &Error{status: http.StatusUnauthorized, scheme: schemeBearer} }
