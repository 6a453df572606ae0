package relying_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/relying"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
)

const text = `
issuer = "https://login.example.com"
journey = "main"

[[clients]]
id = "fixed"
redirect_uris = ["https://fixed.example.com/cb"]

[journeys.main]
start = "pw"
[journeys.main.steps.pw]
use = "standard/password"
next = { ok = "@success", failed = "pw" }
`

func book(t *testing.T) (*relying.Book, *memory.Store) {
	t.Helper()
	cfg, err := config.Parse("config.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	s := memory.New()
	return &relying.Book{Config: cfg, Store: s, Now: time.Now}, s
}

func settings(more map[string]any) map[string]any {
	all := map[string]any{"redirect_uris": []any{"https://shop.example.com/cb"}}
	maps.Copy(all, more)
	return all
}

func TestAddAndFind(t *testing.T) {
	b, s := book(t)
	added, secret, err := b.Add(t.Context(), relying.New{ID: "shop", Settings: settings(map[string]any{"name": "The Shop", "access_token_lifetime": "2m"})})
	if err != nil {
		t.Fatal(err)
	}
	if len(secret) != 43 || !bytes.Equal(added.SecretHash, relying.Hash(secret)) {
		t.Errorf("secret %q", secret)
	}
	found, err := b.Find(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	c := found.Config
	if c.Name != "The Shop" || c.TokenEndpointAuthMethod != "client_secret_basic" || c.AccessTokenLifetime != 2*time.Minute || c.Secret != "" || found.Registered {
		t.Errorf("found %+v", found)
	}
	row, err := s.Client(t.Context(), "shop")
	if err != nil || bytes.Contains(row.Settings, []byte(secret)) {
		t.Errorf("the store has the secret itself: %s, %v", row.Settings, err)
	}
	if _, _, err := b.Add(t.Context(), relying.New{ID: "shop", Settings: settings(nil)}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a second one: %v", err)
	}
}

// Settings are held to the rules of [[clients]].
func TestRefused(t *testing.T) {
	b, _ := book(t)
	for want, more := range map[string]map[string]any{
		"fragment":                 {"redirect_uris": []any{"https://shop.example.com/cb#here"}},
		"is http":                  {"redirect_uris": []any{"http://shop.example.com/cb"}},
		"no such journey":          {"journey": "gone"},
		"unknown key":              {"redirect_uri": "https://shop.example.com/cb"},
		"client_secret_jwt":        {"token_endpoint_auth_method": "client_secret_jwt"},
		"secret is no setting":     {"secret": "chosen by somebody, and long enough"},
		"secret_env is no setting": {"secret_env": "HOME"},
		"jwks_file is no setting":  {"jwks_file": "/etc/passwd"},
		"id is no setting":         {"id": "other"},
		"has no keys":              {"token_endpoint_auth_method": "private_key_jwt"},
		"not a name that users":    {"name": "Bank\u202emoc.live"},
		"at most 8784h0m0s":        {"access_token_lifetime": "100000h"},
		"both jwks and jwks_uri":   {"jwks": "{}", "jwks_uri": "https://shop.example.com/jwks"},
		"expected true or false":   {"skip_consent": "yes"},
		"minimum in the client":    {"minimum": "2.0"},
	} {
		_, _, err := b.Add(t.Context(), relying.New{Settings: settings(more)})
		if _, ok := errors.AsType[config.Faults](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", more, err, want)
		}
	}
}

// Attack: somebody has put a client with the id of a configured one into the store.
func TestConfigurationWins(t *testing.T) {
	b, s := book(t)
	if _, _, err := b.Add(t.Context(), relying.New{ID: "fixed", Settings: settings(nil)}); !errors.Is(err, relying.ErrConfigured) {
		t.Errorf("added: %v", err)
	}
	if _, err := s.PutClient(t.Context(), store.Client{ID: "fixed", Settings: []byte(`{"redirect_uris":["https://evil.example.com/cb"]}`)}, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Find(t.Context(), "fixed"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("found: %v", err)
	}
}

// A client whose journey is gone can't be used, and is listed with the reason.
func TestNotAllowedAnyMore(t *testing.T) {
	b, s := book(t)
	if _, err := s.PutClient(t.Context(), store.Client{ID: "old", Settings: []byte(`{"redirect_uris":["https://old.example.com/cb"],"journey":"gone"}`)}, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Find(t.Context(), "old"); err == nil || errors.Is(err, store.ErrNotFound) {
		t.Errorf("found: %v", err)
	}
	n := 0
	err := b.Each(t.Context(), func(c relying.Client, err error) error {
		n++
		if c.ID != "old" || err == nil {
			t.Errorf("listed %s, %v", c.ID, err)
		}
		return nil
	})
	if err != nil || n != 1 {
		t.Errorf("%d listed, %v", n, err)
	}
}

// watched is a store that is looked into as a client changes.
type watched struct {
	relying.Store
	changes func()
}

func (w watched) PutClient(ctx context.Context, c store.Client, most int) (int64, error) {
	w.changes()
	return w.Store.PutClient(ctx, c, most)
}

// Attack: a client that moves to another sector refreshes at that moment. What it was granted
// has ended before it is there.
func TestReplaceEndsGrantsFirst(t *testing.T) {
	b, s := book(t)
	pair := func(host string) map[string]any {
		return settings(map[string]any{"redirect_uris": []any{"https://" + host + "/cb"}, "subject_type": "pairwise"})
	}
	old, _, err := b.Add(t.Context(), relying.New{ID: "shop", Settings: pair("shop.example.com")})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.PutGrant(t.Context(), store.Grant{ID: "g", ClientID: "shop", UserID: "u", CreatedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	looked := false
	b.Store = watched{s, func() {
		looked = true
		if g, err := s.Grant(t.Context(), "g"); err != nil || g.RevokedAt.IsZero() {
			t.Errorf("in force as the client changes: %+v, %v", g, err)
		}
	}}
	if _, _, err := b.Replace(t.Context(), old, pair("victim.example.com"), nil); err != nil || !looked {
		t.Error(err)
	}
}

func TestReplace(t *testing.T) {
	b, s := book(t)
	old, first, err := b.Add(t.Context(), relying.New{ID: "shop", Token: "token", Settings: settings(map[string]any{"scopes": []any{"openid", "email"}})})
	if err != nil {
		t.Fatal(err)
	}
	grant := func(id string) {
		if err := s.PutGrant(t.Context(), store.Grant{ID: id, ClientID: "shop", ExpiresAt: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	ended := func(id string) bool {
		g, err := s.Grant(t.Context(), id)
		return err != nil || !g.RevokedAt.IsZero()
	}
	grant("wider")
	wider, secret, err := b.Replace(t.Context(), old, settings(map[string]any{"scopes": []any{"openid", "email", "phone"}}), nil)
	if err != nil || secret != "" || ended("wider") || !bytes.Equal(wider.SecretHash, relying.Hash(first)) {
		t.Errorf("wider: secret %q, grant ended %v, %v", secret, ended("wider"), err)
	}
	none, secret, err := b.Replace(t.Context(), wider, settings(map[string]any{"token_endpoint_auth_method": "none", "scopes": []any{"openid"}}), nil)
	if err != nil || secret != "" || !ended("wider") || len(none.SecretHash) != 0 {
		t.Errorf("narrower and public: secret %q, grant ended %v, %v", secret, ended("wider"), err)
	}
	again, secret, err := b.Replace(t.Context(), none, settings(nil), nil)
	if err != nil || secret == "" || secret == first || !bytes.Equal(again.SecretHash, relying.Hash(secret)) {
		t.Errorf("confidential again: secret %q, %v", secret, err)
	}
	if _, _, err := b.Replace(t.Context(), old, settings(nil), nil); !errors.Is(err, store.ErrConflict) {
		t.Errorf("from an old version: %v", err)
	}
	grant("last")
	if n, err := b.Remove(t.Context(), "shop"); n != 1 || err != nil || !ended("last") {
		t.Errorf("removed: %d grants, %v", n, err)
	}
}

// What the operator says of all clients that register themselves counts for those that have
// registered before, too; a stricter word would be none otherwise. The operator's own clients
// are not meant.
func TestPolicyOfNowIsLaidOverRegisteredClients(t *testing.T) {
	b, _ := book(t)
	own, _, err := b.Add(t.Context(), relying.New{ID: "own", Settings: settings(map[string]any{"acr_policy": "advisory"})})
	if err != nil {
		t.Fatal(err)
	}
	one, _, err := b.Add(t.Context(), relying.New{Settings: settings(map[string]any{"acr_policy": "advisory", "name": "The Stranger"}), Token: "token"})
	if err != nil {
		t.Fatal(err)
	}
	b.Config.Registration.Client = map[string]any{"acr_policy": "strict", "allowed_acr": []any{"2.*"}}
	found, err := b.Find(t.Context(), one.ID)
	if err != nil || found.Config.ACRPolicy != "strict" || len(found.Config.AllowedACR) != 1 || found.Config.Name != "The Stranger" {
		t.Errorf("%+v, %v", found.Config, err)
	}
	if all, err := b.Settings(found.Client); err != nil || all["acr_policy"] != "strict" {
		t.Errorf("%v, %v", all, err)
	}
	if found, err := b.Find(t.Context(), own.ID); err != nil || found.Config.ACRPolicy != "advisory" {
		t.Errorf("the operator's own: %+v, %v", found.Config, err)
	}
	// What is forbidden now is not used.
	b.Config.Registration.Client = map[string]any{"journey": "gone"}
	if _, err := b.Find(t.Context(), one.ID); err == nil {
		t.Error("a client with a journey that there is not")
	}
}
