package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"strings"

	"github.com/acrhost/acrhost/host/registration"
	"github.com/acrhost/acrhost/host/relying"
	"github.com/acrhost/acrhost/host/store"
)

// register is the client registration endpoint (RFC 7591 3, OpenID Connect Dynamic Client
// Registration 1.0 section 3).
func (p *Provider) register(w http.ResponseWriter, r *http.Request) error {
	initial, err := p.mayRegister(r)
	if err != nil {
		return err
	}
	document, err := readDocument(w, r)
	if err != nil {
		return err
	}
	asked, err := p.registrable(r.Context(), document)
	if err != nil {
		return err
	}
	// Used up only by who registers: neither a mistake in the metadata nor what keeps the
	// client from being kept costs the token.
	if err := p.useInitial(r.Context(), initial); err != nil {
		return err
	}
	token, _ := relying.NewSecret()
	metadata, err := json.Marshal(asked.Metadata)
	if err != nil {
		return err
	}
	added, secret, err := p.Stored.Add(r.Context(), relying.New{
		Settings: asked.Settings, Metadata: metadata, Token: token, Most: p.Registration.MaxClients,
	})
	if err != nil {
		return errors.Join(notRegistered(err), p.giveBack(r.Context(), initial))
	}
	p.audit(r.Context(), store.Event{Type: "client.registered", Client: added.ID, Details: map[string]any{"name": added.Config.Name}})
	return p.writeRegistered(w, http.StatusCreated, added, secret, token)
}

// mayRegister finds the initial access token that lets a request register; empty where
// anybody may.
func (p *Provider) mayRegister(r *http.Request) (token string, err error) {
	if p.Registration.InsecureOpen {
		return "", nil
	}
	token, err = bearer(r)
	if err != nil {
		return "", err
	}
	return token, initialFault(p.initial().Check(r.Context(), token))
}

func (p *Provider) useInitial(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	return initialFault(p.initial().Use(ctx, token))
}

// giveBack gives the use of a token back, also where its client has gone away.
func (p *Provider) giveBack(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	if err := p.initial().GiveBack(context.WithoutCancel(ctx), token); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("give back a use of an initial access token: %w", err)
	}
	return nil
}

func (p *Provider) initial() relying.Initial {
	return relying.Initial{Artifacts: p.Artifacts, Now: p.Now}
}

func initialFault(err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return invalidRegistrationToken()
	case err != nil:
		return fmt.Errorf("use an initial access token: %w", err)
	}
	return nil
}

// bearer is the token of the one Authorization header (RFC 6750 2.1).
func bearer(r *http.Request) (string, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) != 1 {
		return "", invalidRegistrationToken()
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	if !strings.EqualFold(scheme, schemeBearer) || strings.TrimSpace(token) == "" {
		return "", invalidRegistrationToken()
	}
	return strings.TrimSpace(token), nil
}

// readDocument reads the metadata of a request.
func readDocument(w http.ResponseWriter, r *http.Request) (registration.Document, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, invalidRequest("The body must be application/json.")
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, registration.MaxMetadata))
	if err != nil {
		return nil, badRequest(registration.InvalidMetadata, "The metadata cannot be read, or is too long.").because(err)
	}
	document, fault := registration.Read(text)
	if fault != nil {
		return nil, registrationFault(fault)
	}
	return document, nil
}

// registrable is what a document comes to by the policy.
func (p *Provider) registrable(ctx context.Context, d registration.Document) (registration.Registered, error) {
	if fault := d.WithStatement(ctx, p.Registration.Software, p.Now()); fault != nil {
		return registration.Registered{}, registrationFault(fault)
	}
	asked, fault := registration.Register(p.Registration, d)
	if fault != nil {
		return asked, registrationFault(fault)
	}
	if statement := d.Statement(); statement != "" {
		asked.Metadata[registration.StatementMember] = statement // RFC 7591 3.2.1: unmodified
	}
	// Whether the configuration takes it is asked now, before a token is used up.
	c, err := p.Stored.Config.StoredClient("registered", relying.NeedsSecret(asked.Settings), asked.Settings)
	if err != nil {
		return asked, notRegistered(err)
	}
	return asked, p.checkRegisteredSector(ctx, c)
}

func registrationFault(f *registration.Fault) *Error { return badRequest(f.Code, f.Description) }

// notRegistered is why a client could not be kept.
func notRegistered(err error) error {
	if fault := registration.Refused(err); fault != nil {
		return registrationFault(fault)
	}
	switch {
	case errors.Is(err, store.ErrFull):
		return accessDenied().because(err).saying("No more clients can register here.")
	case errors.Is(err, store.ErrConflict):
		return badRequest(registration.InvalidMetadata, "The client was changed at the same moment: read it again.")
	}
	return err
}

// writeRegistered is the client information response (RFC 7591 3.2.1, RFC 7592 3). Secrets
// are known only when they were made just now; the registration access token is the one
// that the client has shown.
func (p *Provider) writeRegistered(w http.ResponseWriter, status int, c relying.Client, secret, token string) error {
	answer := map[string]any{}
	if err := json.Unmarshal(c.Metadata, &answer); err != nil {
		return fmt.Errorf("read the metadata of client %q: %w", c.ID, err)
	}
	p.tellInForce(answer, c.Config)
	maps.Copy(answer, map[string]any{
		"client_id": c.ID, "client_id_issued_at": c.CreatedAt.Unix(),
		"registration_access_token": token, "registration_client_uri": p.Issuer + pathRegister + "/" + c.ID,
	})
	if secret != "" {
		answer["client_secret"], answer["client_secret_expires_at"] = secret, 0
	}
	return writeJSON(w, status, answer)
}
