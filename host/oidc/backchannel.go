package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/token"
)

// logoutLife is how long a logout token is good; 2.4 recommends two minutes at most.
const logoutLife = 2 * time.Minute

// logoutDelays are how long after a try the next one comes. After the last there is none.
func logoutDelays() []time.Duration {
	return []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute}
}

// logoutTask is a logout on its way.
type logoutTask struct {
	session.Logout
	Tries int       `json:"tries,omitzero"`
	Due   time.Time `json:"due,omitzero"`

	record store.Record
	line   logoutLine
}

func (p *Provider) deliverLogout(ctx context.Context, task logoutTask) error {
	last, err := p.claimLogout(ctx, task)
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return nil // another host has it
	}
	if err != nil {
		return err
	}
	fault, again := p.sendLogout(ctx, task.Logout)
	if fault != nil && (ctx.Err() != nil || again && !last) {
		p.Log.InfoContext(ctx, "logout not delivered, to be tried again", "client", task.Client, "error", fault)
		return nil
	}
	// What was told is over, also where this host is about to end: nobody hears it twice.
	ctx = context.WithoutCancel(ctx)
	if _, err := p.Artifacts.Take(ctx, store.Logout, task.record.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("end logout: %w", err)
	}
	event := store.Event{Type: "logout.delivered", UserID: task.UserID, Client: task.Client, Details: map[string]any{"tries": task.Tries + 1}}
	if fault != nil {
		event.Type = "logout.undelivered"
		event.Details["reason"] = fault.Error()
		p.Log.WarnContext(ctx, "logout not delivered", "client", task.Client, "error", fault)
	}
	p.audit(ctx, event)
	return nil
}

// claimLogout takes a logout for the time until it is due again: of several hosts one has
// it, and when that one is gone, it is tried once more.
func (p *Provider) claimLogout(ctx context.Context, task logoutTask) (last bool, err error) {
	delays, r := logoutDelays(), task.record
	delay := delays[min(task.Tries, len(delays)-1)]
	last = task.Tries >= len(delays)
	task.Tries++
	task.Due = p.Now().Add(delay)
	if r.Data, err = json.Marshal(task); err != nil {
		return false, fmt.Errorf("claim logout: %w", err)
	}
	r.Group = task.line.tried
	_, err = p.Artifacts.Put(ctx, r)
	return last, err
}

// sendLogout tells one client. again says that it makes sense to try once more.
func (p *Provider) sendLogout(ctx context.Context, l session.Logout) (fault error, again bool) {
	c, err := p.client(ctx, l.Client)
	if errors.Is(err, store.ErrNotFound) {
		return errors.New("the client is gone"), false
	}
	if err != nil {
		return err, true
	}
	if c.BackchannelLogoutURI == "" {
		return nil, false // it has only a front channel
	}
	raw, err := p.logoutToken(ctx, c, l)
	if err != nil {
		return err, true
	}
	status, err := p.fetcherOf(c).Post(ctx, c.BackchannelLogoutURI, url.Values{"logout_token": {raw}})
	switch {
	case err != nil:
		return err, true
	case status == http.StatusOK, status == http.StatusNoContent: // 2.8
		return nil, false
	}
	// 2.8: 400 is a client that will never take it. One that is busy may, later.
	return fmt.Errorf("the client answered with status %d", status), status >= http.StatusInternalServerError || status == http.StatusTooManyRequests
}

func (p *Provider) logoutToken(ctx context.Context, c *client, l session.Logout) (string, error) {
	now := p.Now()
	signed, err := p.Keys.MintLogout(c.IDTokenSignedResponseAlg, token.Logout{
		Issuer: p.Issuer, Subject: p.subjectFor(c, l.UserID), Audience: c.ID, SessionID: p.sessionFor(c, l.SessionID),
		IssuedAt: now, ExpiresAt: now.Add(logoutLife),
	})
	if err != nil {
		return "", err
	}
	return c.encrypted(ctx, c.IDTokenEncryption, signed) // 2.4: as ID tokens are
}
