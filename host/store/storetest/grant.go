package storetest

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

func grants(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, store.Store, *clock){
		"a grant comes back as it was":            grantComesBack,
		"what a caller holds is not the store's":  grantIsCopied,
		"a grant expires":                         grantExpires,
		"a revoked grant keeps none of its group": grantIsRevoked,
		"grants are listed":                       grantsAreListed,
		"grants of a session end":                 grantsOfSessionEnd,
	} {
		t.Run(name, func(t *testing.T) {
			s, c := begin(t, open)
			test(t, s, c)
		})
	}
}

func fullGrant() store.Grant {
	return store.Grant{
		ID: "g", ClientID: "demo", UserID: "u1", SessionID: "s",
		Scope: []string{"openid", "email"}, ACR: new("2.0"), AMR: []string{"pwd", "sms"},
		AuthTime: start.Add(-time.Second), ACRDigest: "sha256:00", RestsOn: []string{"sha256:00", "sha256:0a"}, Journey: "bank", Run: "r",
		Details: json.RawMessage(`{"trail": [1, "a"]}`), CreatedAt: start, ExpiresAt: start.Add(time.Hour),
	}
}

func grantComesBack(t *testing.T, s store.Store, _ *clock) {
	empty := store.Grant{ID: "empty acr", ACR: new(""), ExpiresAt: start.Add(time.Hour)}
	for _, g := range []store.Grant{fullGrant(), empty, {ID: "bare", ExpiresAt: start.Add(time.Hour)}} {
		must(t, s.PutGrant(t.Context(), g))
		got, err := s.Grant(t.Context(), g.ID)
		must(t, err)
		equal(t, got, g)
		if err := s.PutGrant(t.Context(), store.Grant{ID: g.ID, ClientID: "other", ExpiresAt: g.ExpiresAt}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a second grant: %v, want ErrConflict", err)
		}
	}
	if _, err := s.Grant(t.Context(), "absent"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an absent grant: %v, want ErrNotFound", err)
	}
	if err := s.PutGrant(t.Context(), store.Grant{ID: "endless"}); !errors.Is(err, store.ErrNoExpiry) {
		t.Errorf("a grant without an end: %v, want ErrNoExpiry", err)
	}
}

func grantsOfSessionEnd(t *testing.T, s store.Store, _ *clock) {
	for id, of := range map[string]store.Grant{
		"in it": {SessionID: "s1", Scope: []string{"openid"}}, "stays": {SessionID: "s1", Scope: []string{"openid", "offline"}},
		"another's": {SessionID: "s2"}, "no session": {}, "bare": {SessionID: "s1"}, "over": {SessionID: "s1", RevokedAt: start},
	} {
		of.ID, of.ExpiresAt = id, start.Add(time.Hour)
		must(t, s.PutGrant(t.Context(), of))
		_, err := s.Put(t.Context(), record("record of "+id, id))
		must(t, err)
	}
	for session, want := range map[string]int{"s1": 2, "": 0, "nobody's": 0} {
		n, err := s.EndSession(t.Context(), session, "offline", start.Add(time.Second))
		must(t, err)
		equal(t, n, want)
	}
	grantsInForce(t, s, map[string]bool{"in it": false, "bare": false, "stays": true, "another's": true, "no session": true})
	over, err := s.Grant(t.Context(), "over")
	must(t, err)
	equal(t, over.RevokedAt, start)
}

func grantIsCopied(t *testing.T, s store.Store, _ *clock) {
	g := fullGrant()
	must(t, s.PutGrant(t.Context(), g))
	for range 2 {
		*g.ACR, g.AMR[0], g.Scope[0], g.Details[0] = "9", "x", "x", 'x'
		got, err := s.Grant(t.Context(), "g")
		must(t, err)
		equal(t, got, fullGrant())
		g = got
	}
}

func grantExpires(t *testing.T, s store.Store, c *clock) {
	must(t, s.PutGrant(t.Context(), fullGrant()))
	c.advance(time.Hour)
	if _, err := s.Grant(t.Context(), "g"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Grant: %v, want ErrNotFound", err)
	}
	if err := s.RevokeGrant(t.Context(), "g", c.now()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("RevokeGrant: %v, want ErrNotFound", err)
	}
}

func grantIsRevoked(t *testing.T, s store.Store, _ *clock) {
	g := fullGrant()
	other := fullGrant()
	other.ID = "h"
	for _, g := range []store.Grant{g, other} {
		must(t, s.PutGrant(t.Context(), g))
		_, err := s.Put(t.Context(), record("record of "+g.ID, g.ID))
		must(t, err)
	}
	must(t, s.RevokeGrant(t.Context(), "g", start.Add(time.Second)))
	must(t, s.RevokeGrant(t.Context(), "g", start.Add(time.Minute)))
	got, err := s.Grant(t.Context(), "g")
	must(t, err)
	g.RevokedAt = start.Add(time.Second)
	equal(t, got, g)
	if _, err := s.Get(t.Context(), store.Code, "record of g"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a record of the revoked grant: %v, want ErrNotFound", err)
	}
	got, err = s.Grant(t.Context(), "h")
	must(t, err)
	equal(t, got, other)
	_, err = s.Get(t.Context(), store.Code, "record of h")
	must(t, err)
	if err := s.RevokeGrant(t.Context(), "absent", start); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an absent grant: %v, want ErrNotFound", err)
	}
	// What comes late, from a request that was under way, goes with the next revocation.
	_, err = s.Put(t.Context(), record("late", "g"))
	must(t, err)
	must(t, s.RevokeGrant(t.Context(), "g", start.Add(time.Hour)))
	if _, err := s.Get(t.Context(), store.Code, "late"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a late record: %v, want ErrNotFound", err)
	}
}

func grantsAreListed(t *testing.T, s store.Store, c *clock) {
	for _, id := range []string{"c", "a", "b", "d"} {
		g := fullGrant()
		g.ID = id
		switch id {
		case "b":
			g.UserID, g.RestsOn = "u2", []string{"sha256:01"}
		case "d":
			g.ClientID, g.ExpiresAt = "other", start.Add(time.Minute)
		}
		must(t, s.PutGrant(t.Context(), g))
	}
	must(t, s.RevokeGrant(t.Context(), "c", start))
	for _, test := range []struct {
		fits  store.GrantFilter
		after string
		limit int
		want  string
	}{
		{limit: 10, want: "abcd"},
		{limit: 2, want: "ab"},
		{after: "a", limit: 2, want: "bc"},
		{fits: store.GrantFilter{UserID: "u2"}, limit: 10, want: "b"},
		{fits: store.GrantFilter{ClientID: "other"}, limit: 10, want: "d"},
		{fits: store.GrantFilter{RestsOn: "sha256:0a"}, limit: 10, want: "acd"},
		{fits: store.GrantFilter{UserID: "u2", RestsOn: "sha256:00"}, limit: 10},
		{limit: 0},
		{limit: -1},
	} {
		listed(t, s, test.fits, test.after, test.limit, test.want)
	}
	c.advance(time.Minute)
	listed(t, s, store.GrantFilter{}, "", 10, "abc")
}

func listed(t *testing.T, s store.Store, fits store.GrantFilter, after string, limit int, want string) {
	t.Helper()
	found, err := s.ListGrants(t.Context(), fits, after, limit)
	must(t, err)
	var ids strings.Builder
	for _, g := range found {
		ids.WriteString(g.ID)
	}
	if ids.String() != want {
		t.Errorf("%+v after %q, %d: %q, want %q", fits, after, limit, ids.String(), want)
	}
}
