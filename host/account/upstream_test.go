package account_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
)

func upstreamWorld(t *testing.T) (*account.Service, *memory.Store) {
	t.Helper()
	s := memory.New()
	accounts, err := account.New(account.Config{Users: s, Audit: s})
	if err != nil {
		t.Fatal(err)
	}
	return accounts, s
}

func there(sub string) account.Upstream {
	return account.Upstream{Provider: "acme", Issuer: "https://id.example", Subject: sub}
}

func TestLinkUpstream(t *testing.T) {
	accounts, _ := upstreamWorld(t)
	user, err := accounts.Create(t.Context(), account.NewUser{Name: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.ByUpstream(t.Context(), there("1"), account.UpstreamRule{}); !errors.Is(err, account.ErrUnlinked) {
		t.Errorf("before: %v", err)
	}
	if err := accounts.LinkUpstream(t.Context(), user.ID, there("1")); err != nil {
		t.Fatal(err)
	}
	found, err := accounts.ByUpstream(t.Context(), there("1"), account.UpstreamRule{Create: true})
	if err != nil || found.ID != user.ID || found.How != "" {
		t.Errorf("after: %+v, %v", found, err)
	}
	// The same sub at another issuer, and an issuer that runs into the sub, are others.
	for _, other := range []account.Upstream{{Provider: "acme", Issuer: "https://evil.example", Subject: "1"}, {Provider: "acme", Issuer: "https://id.exampl", Subject: "e1"}} {
		if _, err := accounts.ByUpstream(t.Context(), other, account.UpstreamRule{}); !errors.Is(err, account.ErrUnlinked) {
			t.Errorf("%+v: %v", other, err)
		}
	}
	other, err := accounts.Create(t.Context(), account.NewUser{Name: "bob"})
	if err != nil {
		t.Fatal(err)
	}
	if err := accounts.LinkUpstream(t.Context(), other.ID, there("1")); !errors.Is(err, store.ErrConflict) {
		t.Errorf("linked to two: %v", err)
	}
}

func TestLinkByEmail(t *testing.T) {
	accounts, _ := upstreamWorld(t)
	for _, n := range []account.NewUser{
		{Name: "alice", Email: "alice@example.com", EmailVerified: true},
		{Name: "mallory", Email: "bob@example.com"}, // not verified: she waits for bob
		{Name: "carol", Email: "two@example.com", EmailVerified: true}, {Name: "dave", Email: "two@example.com", EmailVerified: true},
		{Name: "erin", Email: "erin@example.com", EmailVerified: true, Disabled: true},
	} {
		if _, err := accounts.Create(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	rule := account.UpstreamRule{ByEmail: true}
	by := func(sub, email string) (account.Found, error) {
		u := there(sub)
		u.Email = email
		return accounts.ByUpstream(t.Context(), u, rule)
	}
	for name, email := range map[string]string{"an address that is not verified here": "bob@example.com", "two users' address": "two@example.com", "a disabled user's": "erin@example.com", "no address": ""} {
		if found, err := by("1", email); !errors.Is(err, account.ErrUnlinked) {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
	}
	if found, err := by("1", "ALICE@example.com"); err != nil || found.Name != "alice" || found.How != account.LinkedByEmail {
		t.Errorf("alice: %+v, %v", found, err)
	}
	if found, err := by("2", "alice@example.com"); !errors.Is(err, account.ErrUnlinked) {
		t.Errorf("who has alice's address now: %+v, %v", found, err)
	}
}

// TestCreateFromUpstream: nobody there can choose the name of an account here.
func TestCreateFromUpstream(t *testing.T) {
	accounts, _ := upstreamWorld(t)
	if _, err := accounts.Create(t.Context(), account.NewUser{Name: "acme:taken"}); err != nil {
		t.Fatal(err)
	}
	rule := account.UpstreamRule{Create: true}
	u := there("user-1")
	u.Claims = map[string]any{"name": "A", "preferred_username": "admin", "email": "x@y.example", "groups": []any{"admin"}, "given_name": strings.Repeat("x", 300)}
	made, err := accounts.ByUpstream(t.Context(), u, rule)
	if err != nil || made.Name != "acme:user-1" || made.Email != "" || made.EmailVerified || len(made.Claims) != 1 || made.How != account.LinkedNew {
		t.Errorf("made %+v, %v", made, err)
	}
	if again, err := accounts.ByUpstream(t.Context(), u, rule); err != nil || again.ID != made.ID || again.How != "" {
		t.Errorf("again %+v, %v", again, err)
	}
	if found, err := accounts.ByUpstream(t.Context(), there("taken"), rule); !errors.Is(err, account.ErrUnlinked) {
		t.Errorf("a name that is taken: %+v, %v", found, err)
	}
	names := map[string]bool{}
	for _, sub := range []string{"AbC", "abc", "a b", "../x", strings.Repeat("x", 255), "ä", "\u202e"} {
		found, err := accounts.ByUpstream(t.Context(), there(sub), rule)
		if err != nil || names[found.Name] {
			t.Errorf("sub %q: %+v, %v", sub, found, err)
		}
		names[found.Name] = true
	}
}

// Two first logins of one user in the same moment make one account.
func TestCreateFromUpstreamAtOnce(t *testing.T) {
	accounts, s := upstreamWorld(t)
	var group sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		group.Go(func() {
			for range 3 { // who comes between the account and its link may have to come again
				found, err := accounts.ByUpstream(t.Context(), there("1"), account.UpstreamRule{Create: true})
				if err == nil {
					ids[i] = found.ID
					return
				}
				if !errors.Is(err, account.ErrUnlinked) {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	users, err := s.ListUsers(t.Context(), "", 10)
	if err != nil || len(users) != 1 {
		t.Fatalf("%d users, %v", len(users), err)
	}
	for _, id := range ids {
		if id != "" && id != users[0].ID {
			t.Errorf("a login became %s, not %s", id, users[0].ID)
		}
	}
}
