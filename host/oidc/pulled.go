package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/store"
)

// pulled is the pushed request that a browser comes with. To look at it does not use it up:
// who loads the page again, or whose messenger looked at the link first, still gets in
// (FAPI 2.0 Security Profile 5.3.2.2, note 3). It is answered once: see answerOnce. Another
// client that shows it gets nothing. What stands beside it in the address is ignored (RFC
// 9126 4, RFC 9101 5).
func (p *Provider) pulled(ctx context.Context, c *client, uri string) (request, error) {
	ticket := store.Key(uri[len(pushedPrefix):])
	record, err := p.Artifacts.Get(ctx, store.Pushed, ticket)
	if errors.Is(err, store.ErrNotFound) {
		return request{}, errPushedGone
	}
	if err != nil {
		return request{}, hostFault(fmt.Errorf("find pushed request: %w", err))
	}
	var kept pushedRequest
	if err := json.Unmarshal(record.Data, &kept); err != nil {
		return request{}, hostFault(fmt.Errorf("read pushed request: %w", err))
	}
	if kept.Client != c.ID {
		return request{}, errPushedGone
	}
	return request{params: params{kept.Values}, pushed: !kept.Posted, signed: kept.Signed, uri: uri, ticket: ticket}, nil
}

// answered is kept of a pushed request whose client has its answer.
type answered struct {
	Run string `json:"run"`
}

// answerOnce lets one login answer a pushed request (RFC 9126 7.3), be it by an error. Of
// several that began with it, in one browser or in many, the first to end is that one; a
// run whose end could not be stored may end again.
func (p *Provider) answerOnce(ctx context.Context, ticket string, f login.Finished) *Error {
	if ticket == "" {
		return nil
	}
	text, err := json.Marshal(answered{f.Run.ID})
	if err != nil {
		return serverError(fmt.Errorf("mark a pushed request as answered: %w", err))
	}
	// As long as any login can last that began while the request waited.
	until := p.Now().Add(pushedTime + login.GraceTime)
	if end := f.Run.Deadline.Add(pushedTime + login.GraceTime); end.After(until) {
		until = end
	}
	id := store.Key("answered " + ticket)
	_, err = p.Artifacts.Put(ctx, store.Record{Kind: store.Pushed, ID: id, Data: text, ExpiresAt: until})
	if errors.Is(err, store.ErrConflict) {
		return p.answeredBy(ctx, id, f.Run.ID)
	}
	if err == nil {
		_, err = p.Artifacts.Take(ctx, store.Pushed, ticket) // no login begins with it any more
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return serverError(fmt.Errorf("mark a pushed request as answered: %w", err))
	}
	return nil
}

// answeredBy is nil where the login that answered was this run.
func (p *Provider) answeredBy(ctx context.Context, id, run string) *Error {
	record, err := p.Artifacts.Get(ctx, store.Pushed, id)
	if err != nil {
		return serverError(fmt.Errorf("find who answered a pushed request: %w", err))
	}
	var by answered
	if err := json.Unmarshal(record.Data, &by); err != nil || by.Run != run {
		return invalidRequestURI().becausef("another login has answered this pushed request")
	}
	return nil
}
