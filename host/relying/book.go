package relying

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/store"
)

// ErrConfigured says that a client of the configuration has the id.
var ErrConfigured = errors.New("the configuration has a client with this id")

// Store is what a Book needs of a store.
type Store interface {
	store.Clients
	EndGrants(ctx context.Context, clientID, userID string, at time.Time) (int, error)
}

// Book is all clients of a store. It is safe for concurrent use.
type Book struct {
	Config *config.Config // whose rules count
	Store  Store
	Now    func() time.Time
}

// Client is a client as it was kept, and as it may be used.
type Client struct {
	store.Client
	// Config has no Secret: see SecretHash. Of a client that registered itself it has only the
	// logo that users may be shown, and the page at which they may begin.
	Config config.Client
}

// Find is a client by id, or store.ErrNotFound. Any other error may also mean that the
// configuration does not allow the client as it is.
func (b *Book) Find(ctx context.Context, id string) (Client, error) {
	if b.configured(id) {
		return Client{}, store.ErrNotFound // another one's id, whoever was there first
	}
	row, err := b.Store.Client(ctx, id)
	if err != nil {
		return Client{}, err
	}
	return b.Read(row)
}

func (b *Book) configured(id string) bool {
	return slices.ContainsFunc(b.Config.Clients, func(c config.Client) bool { return c.ID == id })
}

// Settings are those of a kept client. What the operator says of all that register themselves
// is laid over one that did, as it stands in the configuration now and not when it registered.
func (b *Book) Settings(row store.Client) (map[string]any, error) {
	settings := map[string]any{}
	if err := json.Unmarshal(row.Settings, &settings); err != nil {
		return nil, fmt.Errorf("read client %q: %w", row.ID, err)
	}
	if row.Registered {
		maps.Copy(settings, b.Config.Registration.Client)
	}
	return settings, nil
}

// Read is a kept client by the rules of the configuration.
func (b *Book) Read(row store.Client) (Client, error) {
	settings, err := b.Settings(row)
	if err != nil {
		return Client{}, err
	}
	c, err := b.Config.StoredClient(row.ID, len(row.SecretHash) > 0, settings)
	if err != nil {
		return Client{}, fmt.Errorf("client %q: %w", row.ID, err)
	}
	if row.Registered {
		showOwnPages(&c)
	}
	return Client{row, c}, nil
}

// New is a client to be kept.
type New struct {
	ID       string         // empty: a random one
	Settings map[string]any // the members of a [[clients]] table, without id and secret
	// Metadata, Token and Most are for one that registers itself: what it said as JSON,
	// the token by which it changes that, and how many such clients there may be (0: any).
	Metadata json.RawMessage
	Token    string
	Most     int
}

// Add keeps a new client. Its secret, empty for one without, is not kept and can't be had
// again. A client of that id is store.ErrConflict or ErrConfigured.
func (b *Book) Add(ctx context.Context, n New) (c Client, secret string, err error) {
	now := b.Now().UTC()
	row := store.Client{ID: n.ID, Registered: n.Token != "", Metadata: n.Metadata, CreatedAt: now, UpdatedAt: now}
	if row.ID == "" {
		row.ID = NewID()
	}
	if b.configured(row.ID) {
		return Client{}, "", ErrConfigured
	}
	if row.Registered {
		row.TokenHash = Hash(n.Token)
	}
	return b.put(ctx, row, n.Settings, n.Most)
}

// Replace gives a kept client other settings. A secret is made when there was none and
// the client needs one, and forgotten when it needs none any more. Where the client may
// do less than before, or proves itself otherwise, what it has been granted ends: before the
// change, so that nothing that was granted to the one client is refreshed as the other, and
// after it, for what was granted meanwhile.
func (b *Book) Replace(ctx context.Context, old Client, settings map[string]any, metadata json.RawMessage) (c Client, secret string, err error) {
	row := old.Client
	row.Metadata, row.UpdatedAt = metadata, b.Now().UTC()
	next, secret, err := b.ready(row, settings)
	if err != nil {
		return Client{}, "", err
	}
	less := lessThan(next.Config, old.Config)
	if err := b.endIf(ctx, less, next.ID); err != nil {
		return Client{}, "", err
	}
	if c, err = b.keep(ctx, next, 0); err != nil {
		return Client{}, "", err
	}
	return c, secret, b.endIf(ctx, less, next.ID)
}

func (b *Book) endIf(ctx context.Context, less bool, id string) error {
	if !less {
		return nil
	}
	if _, err := b.Store.EndGrants(ctx, id, "", b.Now().UTC()); err != nil {
		return fmt.Errorf("end what was granted to client %q: %w", id, err)
	}
	return nil
}

// put keeps a client if the configuration allows it.
func (b *Book) put(ctx context.Context, row store.Client, settings map[string]any, most int) (c Client, secret string, err error) {
	c, secret, err = b.ready(row, settings)
	if err == nil {
		c, err = b.keep(ctx, c, most)
	}
	if err != nil {
		return Client{}, "", err
	}
	return c, secret, nil
}

// ready is a client as it will be kept, if the configuration allows it.
func (b *Book) ready(row store.Client, settings map[string]any) (c Client, secret string, err error) {
	switch hasSecret := NeedsSecret(settings); {
	case !hasSecret:
		row.SecretHash = nil
	case len(row.SecretHash) == 0:
		secret, row.SecretHash = NewSecret()
	}
	if row.Settings, err = json.Marshal(settings); err != nil {
		return Client{}, "", fmt.Errorf("keep client %q: %w", row.ID, err)
	}
	if c, err = b.Read(row); err != nil {
		return Client{}, "", err
	}
	return c, secret, b.Config.CheckLifetimes(c.Config)
}

func (b *Book) keep(ctx context.Context, c Client, most int) (Client, error) {
	version, err := b.Store.PutClient(ctx, c.Client, most)
	if err != nil {
		return Client{}, fmt.Errorf("keep client %q: %w", c.ID, err)
	}
	c.Version = version
	return c, nil
}

// NeedsSecret says whether a client with these settings proves itself by a secret, which
// is what RFC 7591 2 assumes of one that says nothing.
func NeedsSecret(settings map[string]any) bool {
	switch settings["token_endpoint_auth_method"] {
	case "client_secret_basic", "client_secret_post", "client_secret_jwt":
		return true
	case nil:
		return settings["jwks"] == nil && settings["jwks_uri"] == nil
	}
	return false
}

// lessThan says whether a client lost something that its grants may rest on. Where it sees
// other subjects than before, a refreshed ID token would name another one than the first
// (OpenID Connect Core 12.2).
func lessThan(now, before config.Client) bool {
	lost := func(now, before []string) bool {
		return slices.ContainsFunc(before, func(s string) bool { return !slices.Contains(now, s) })
	}
	return now.TokenEndpointAuthMethod != before.TokenEndpointAuthMethod || lost(now.Scopes, before.Scopes) ||
		lost(now.GrantTypes, before.GrantTypes) || lost(now.RedirectURIs, before.RedirectURIs) ||
		now.SubjectType != before.SubjectType || now.SectorIdentifierURI != before.SectorIdentifierURI
}

// Remove forgets a client and ends all that it was granted. It counts those grants.
func (b *Book) Remove(ctx context.Context, id string) (int, error) {
	return b.Store.RemoveClient(ctx, id, b.Now().UTC())
}

// Each calls do for every kept client, by id, until it returns an error. A client that
// the configuration does not allow has an error beside it.
func (b *Book) Each(ctx context.Context, do func(Client, error) error) error {
	const page = 200
	for after := ""; ; {
		rows, err := b.Store.ListClients(ctx, after, page)
		if err != nil {
			return fmt.Errorf("list clients: %w", err)
		}
		for _, row := range rows {
			c, err := b.Read(row)
			if err == nil && b.configured(row.ID) {
				err = ErrConfigured
			}
			c.Client = row
			if err := do(c, err); err != nil {
				return err
			}
		}
		if len(rows) < page {
			return nil
		}
		after = rows[len(rows)-1].ID
	}
}

// Registrable is a client that registered itself, as far as the configuration alone says what
// it is; config.Faults: none could.
func (b *Book) Registrable() (config.Client, error) {
	settings := maps.Clone(b.Config.Registration.Client)
	if settings == nil {
		settings = map[string]any{}
	}
	// What every profile allows: see package config.
	settings["token_endpoint_auth_method"], settings["jwks_uri"] = "private_key_jwt", "https://app.example.com/jwks"
	settings["redirect_uris"] = []any{"https://app.example.com/cb"}
	return b.Config.StoredClient("registered", false, settings)
}

// Client is a client of the configuration or of the store, or store.ErrNotFound. Of one that
// registered itself it has no links to hosts where it gets no answers.
func (b *Book) Client(ctx context.Context, id string) (config.Client, error) {
	if i := slices.IndexFunc(b.Config.Clients, func(c config.Client) bool { return c.ID == id }); i >= 0 {
		return b.Config.Clients[i], nil
	}
	c, err := b.Find(ctx, id)
	if c.Registered {
		ownLinks(&c.Config)
	}
	return c.Config, err
}

// SkipsConsent says whether a client is the operator's own. One that is gone is nobody's.
func (b *Book) SkipsConsent(ctx context.Context, id string) (bool, error) {
	c, err := b.Client(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return c.SkipConsent, err
}
