package oidc

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/token"
)

// The types of tokens (RFC 8693 3).
const typeAccessToken = "urn:ietf:params:oauth:token-type:access_token"

// maxActors is how often a token may be handed on. Each time adds to it.
const maxActors = 4

// redeemToken is RFC 8693: a client that was given an access token gets another one, for
// what it has to ask elsewhere in the user's name. Who the user is, how and when they
// signed in stays as it was (RFC 9068 2.2.1); the client is named as who acts. The new
// token belongs to the same grant and ends with it, never has more scope and never lasts
// longer.
func (p *Provider) redeemToken(ctx context.Context, r *redemption) (tokens, error) {
	if err := exchangeable(r); err != nil {
		return tokens{}, err
	}
	from, g, err := p.checkAccess(ctx, r.get("subject_token"))
	if fault, ok := errors.AsType[*Error](err); ok {
		return tokens{}, subjectFault(fault)
	}
	if err != nil {
		return tokens{}, err
	}
	if fault := handedOn(from, g); fault != nil {
		return tokens{}, fault
	}
	if fault := p.mayHaveGrant(ctx, g.UserID); fault != nil {
		return tokens{}, refuseGrant(fault)
	}
	if err := p.acceptable(r, from, g); err != nil {
		return tokens{}, err
	}
	next, err := p.exchanged(r, from, g)
	if err != nil {
		return tokens{}, err
	}
	if err := p.takeProof(ctx, r.proof); err != nil {
		return tokens{}, err
	}
	answer, err := p.mint(r, next)
	if err != nil {
		return tokens{}, err
	}
	answer.IssuedType = typeAccessToken
	p.audit(ctx, store.Event{Type: "token.exchanged", UserID: g.UserID, Client: r.client.ID, Run: g.Run, Details: map[string]any{
		"grant": g.ID, "from": from.ClientID, "audience": next.Audience, "scope": next.Scope,
	}})
	return answer, p.stillInForce(ctx, g.ID)
}

// exchangeable says whether the request is one that is served: an access token of this
// provider for another one, by a client that can prove itself. The client is the actor;
// another one is not taken.
func exchangeable(r *redemption) error {
	switch {
	case r.client.public():
		return unauthorizedClient()
	case !r.has("subject_token") || !r.has("subject_token_type"):
		return invalidRequest("The parameters subject_token and subject_token_type are required.")
	case r.get("subject_token_type") != typeAccessToken:
		return invalidRequest("The subject_token_type must be " + typeAccessToken + ".")
	case r.has("requested_token_type") && r.get("requested_token_type") != typeAccessToken:
		return invalidRequest("The requested_token_type must be " + typeAccessToken + ".")
	case r.has("actor_token") || r.has("actor_token_type"):
		return invalidRequest("An actor_token is not taken: the client is the actor.")
	case r.has("authorization_details"):
		// What the user approved was for the first client. Who asks is told, and not given less.
		return invalidDetails().becausef("authorization details are not handed on")
	}
	return nil
}

// handedOn refuses what stands for no user, and what went through too many hands. The token is
// valid: whoever holds it may know why it does not do.
func handedOn(from token.Access, g store.Grant) *Error {
	switch {
	case g.UserID == "":
		return invalidRequest("The subject_token is a client's own: there is no user in whose name another one could be.")
	case actors(from.Actor) >= maxActors:
		return invalidRequest("The subject_token was handed on too often.")
	}
	return nil
}

// subjectFault: RFC 8693 2.2.2 wants invalid_request for a subject_token that is no good.
// Why it is not stays here.
func subjectFault(cause error) *Error {
	return invalidRequest("The subject_token is not valid.").because(cause)
}

// acceptable holds the subject token against what binds the client: RFC 8693 2.2.2 has one
// error for a token that is unacceptable by policy. Its login must be good enough for this
// client too; and what can't be used without a key does not become what anybody can use.
func (p *Provider) acceptable(r *redemption, from token.Access, g store.Grant) error {
	switch {
	case acr.Decide(p.requirement(r.client, false, nil, nil), g.ACR) == acr.Unmet:
		return invalidRequest("The subject_token is of a login that does not meet what this client demands.")
	case from.Holder != (token.Holder{}) && r.holder() == (token.Holder{}):
		return invalidRequest("The subject_token is bound to a key: the new one must be bound to the client's own, by a DPoP proof or a certificate.")
	}
	return nil
}

func (p *Provider) exchanged(r *redemption, from token.Access, g store.Grant) (token.Access, error) {
	audience, err := p.target(r, from)
	if err != nil {
		return token.Access{}, err
	}
	// Neither more than the token gives, nor more than the client may have.
	most := slices.DeleteFunc(slices.Clone(from.Scope), func(s string) bool { return !slices.Contains(r.client.Scopes, s) })
	scope, err := narrow(most, r.get("scope"))
	if err != nil {
		return token.Access{}, err
	}
	next := p.accessToken(r.client, g, scope, p.Now())
	next.ClientID, next.Audience = r.client.ID, token.Audience{audience}
	next.Actor = &token.Actor{Subject: r.client.ID, Actor: from.Actor}
	if from.ExpiresAt.Before(next.ExpiresAt) {
		next.ExpiresAt = from.ExpiresAt
	}
	return next, nil
}

// target is for whom the new token is: one audience or resource (RFC 8693 2.1, RFC 8707),
// of those that the client may name; the provider, when none is named. The provider tells
// who the user is: a token that was not for it does not become one that is.
func (p *Provider) target(r *redemption, from token.Access) (string, error) {
	target := p.Issuer
	switch asked := r.targets(); len(asked) {
	case 0:
	case 1:
		target = asked[0]
	default:
		return "", invalidTarget().because(errors.New("more than one"))
	}
	switch {
	case target == p.Issuer && !from.Audience.Has(p.Issuer):
		return "", invalidTarget().because(fmt.Errorf("client %q asked for the provider with a token for %q", r.client.ID, from.Audience))
	case target != p.Issuer && !slices.Contains(r.client.ExchangeAudiences, target):
		return "", invalidTarget().because(fmt.Errorf("client %q asked for %.200q", r.client.ID, target))
	}
	return target, nil
}

// targets are those that a request names in either way, each once. RFC 6749 3.1: one without
// a value is none.
func (r *redemption) targets() []string {
	named := slices.Concat(r.values["audience"], r.values["resource"])
	slices.Sort(named)
	return slices.DeleteFunc(slices.Compact(named), func(name string) bool { return name == "" })
}

func actors(a *token.Actor) int {
	n := 0
	for ; a != nil; a = a.Actor {
		n++
	}
	return n
}
