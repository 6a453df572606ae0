package oidc

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/acrhost/acrhost/host/registration"
	"github.com/acrhost/acrhost/host/relying"
	"github.com/acrhost/acrhost/host/store"
)

// managed finds the client that a request to the client configuration endpoint is about,
// when its registration access token is that client's (RFC 7592 2). An unknown client and
// another one's token get the same answer: nobody finds out here who is registered.
func (p *Provider) managed(r *http.Request) (c relying.Client, token string, err error) {
	token, err = bearer(r)
	if err != nil {
		return c, "", err
	}
	id := chi.URLParam(r, "client")
	if len(id) > maxClientID {
		return c, "", invalidRegistrationToken()
	}
	row, err := p.Stored.Store.Client(r.Context(), id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return c, "", fmt.Errorf("find client: %w", err)
	}
	// A client that is not there, or that the operator added, has no token: no hash is
	// equal to an empty one.
	if subtle.ConstantTimeCompare(relying.Hash(token), row.TokenHash) != 1 {
		return c, "", invalidRegistrationToken()
	}
	// Read, and not Find: the client may say how it could be used again.
	c, err = p.Stored.Read(row)
	c.Client = row
	if err != nil {
		p.Log.InfoContext(r.Context(), "a registered client can't be used", "client", id, "error", err)
	}
	return c, token, nil
}

// readRegistered is RFC 7592 2.1.
func (p *Provider) readRegistered(w http.ResponseWriter, r *http.Request) error {
	c, token, err := p.managed(r)
	if err != nil {
		return err
	}
	return p.writeRegistered(w, http.StatusOK, c, "", token)
}

// updateRegistered is RFC 7592 2.2: what the client says now takes the place of all that
// it said before. Where it may do less than before, its grants end.
func (p *Provider) updateRegistered(w http.ResponseWriter, r *http.Request) error {
	c, token, err := p.managed(r)
	if err != nil {
		return err
	}
	document, err := readDocument(w, r)
	if err != nil {
		return err
	}
	if err := saysWho(document, c); err != nil {
		return err
	}
	asked, err := p.registrable(r.Context(), document)
	if err != nil {
		return err
	}
	metadata, err := json.Marshal(asked.Metadata)
	if err != nil {
		return err
	}
	next, secret, err := p.Stored.Replace(r.Context(), c, asked.Settings, metadata)
	if err != nil {
		return notRegistered(err)
	}
	p.memory.forget(c.ID)
	p.audit(r.Context(), store.Event{Type: "client.updated", Client: c.ID, Details: map[string]any{"name": next.Config.Name}})
	return p.writeRegistered(w, http.StatusOK, next, secret, token)
}

// saysWho: RFC 7592 2.2, the document names the client, may name its secret, and must not
// hold what only the answer does.
func saysWho(d registration.Document, c relying.Client) error {
	for _, name := range []string{"registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"} {
		if _, ok := d[name]; ok {
			return badRequest(registration.InvalidMetadata, "The member "+name+" must not be sent.")
		}
	}
	id, f1 := d.Text("client_id")
	secret, f2 := d.Text("client_secret")
	switch {
	case f1 != nil || f2 != nil || id != c.ID:
		return badRequest(registration.InvalidMetadata, "The client_id must be the client's.")
	case secret != "" && !bytes.Equal(relying.Hash(secret), c.SecretHash):
		return badRequest(registration.InvalidMetadata, "The client_secret must be the client's: it can't choose one.")
	}
	return nil
}

// removeRegistered is RFC 7592 2.3: the client, and all that it was granted, ends.
func (p *Provider) removeRegistered(w http.ResponseWriter, r *http.Request) error {
	c, _, err := p.managed(r)
	if err != nil {
		return err
	}
	if err := p.removeClient(r.Context(), c.ID); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (p *Provider) removeClient(ctx context.Context, id string) error {
	n, err := p.Stored.Remove(ctx, id)
	p.memory.forget(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil // somebody was faster
	}
	if err != nil {
		return fmt.Errorf("remove client: %w", err)
	}
	p.audit(ctx, store.Event{Type: "client.removed", Client: id, Details: map[string]any{"grants": n, "reason": "client"}})
	return nil
}
