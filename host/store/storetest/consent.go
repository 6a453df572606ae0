package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

func consents(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, store.Store, *clock){
		"a consent grows":                         consentGrows,
		"a consent is taken back with its grants": consentTakenBack,
		"grants of a client end":                  grantsEnd,
		"a removed user takes the consents":       consentGoesWithUser,
		"nobody's consent":                        consentOfNobody,
	} {
		t.Run(name, func(t *testing.T) {
			s, c := begin(t, open)
			test(t, s, c)
		})
	}
}

// consentingUsers are u and v, who have both consented to the clients c and d.
func consentingUsers(t *testing.T, s store.Store) {
	t.Helper()
	for _, id := range []string{"u", "v"} {
		_, err := s.PutUser(t.Context(), store.User{ID: id, Name: "name-of-" + id})
		must(t, err)
		for _, client := range []string{"d", "c"} {
			must(t, s.AddConsent(t.Context(), store.Consent{UserID: id, ClientID: client, Scope: []string{"openid", "email"}, GivenAt: start}))
		}
	}
}

// grantsOfClients are grants of both users, each with a record.
func grantsOfClients(t *testing.T, s store.Store) {
	t.Helper()
	for id, of := range map[string][2]string{"c-u": {"c", "u"}, "c-v": {"c", "v"}, "d-u": {"d", "u"}, "c-expired": {"c", "u"}} {
		g := fullGrant()
		g.ID, g.ClientID, g.UserID = id, of[0], of[1]
		if id == "c-expired" {
			g.ExpiresAt = start
		}
		must(t, s.PutGrant(t.Context(), g))
		_, err := s.Put(t.Context(), record("record of "+id, id))
		must(t, err)
	}
}

// grantsInForce checks which of those grants are in force, and have their record.
func grantsInForce(t *testing.T, s store.Store, want map[string]bool) {
	t.Helper()
	for id, want := range want {
		g, err := s.Grant(t.Context(), id)
		if inForce := err == nil && g.RevokedAt.IsZero(); inForce != want {
			t.Errorf("grant %s in force: %v, want %v", id, inForce, want)
		}
		if id == "c-expired" {
			continue
		}
		if _, err := s.Get(t.Context(), store.Code, "record of "+id); (err == nil) != want {
			t.Errorf("record of %s: %v", id, err)
		}
	}
}

func consentGrows(t *testing.T, s store.Store, _ *clock) {
	consentingUsers(t, s)
	later := start.Add(time.Hour)
	must(t, s.AddConsent(t.Context(), store.Consent{UserID: "u", ClientID: "c", Scope: []string{"phone", "email"}, GivenAt: later}))
	got, err := s.Consent(t.Context(), "u", "c")
	must(t, err)
	want := store.Consent{UserID: "u", ClientID: "c", Scope: []string{"email", "openid", "phone"}, GivenAt: later}
	equal(t, got, want)
	for _, claims := range [][]string{{"name"}, {"name", "email"}, nil} {
		must(t, s.AddConsent(t.Context(), store.Consent{UserID: "u", ClientID: "c", Claims: claims, GivenAt: later}))
	}
	want.Claims = []string{"email", "name"}
	all, err := s.ConsentsOf(t.Context(), "u")
	must(t, err)
	equal(t, all, []store.Consent{want, {UserID: "u", ClientID: "d", Scope: []string{"email", "openid"}, GivenAt: start}})
}

func consentTakenBack(t *testing.T, s store.Store, _ *clock) {
	consentingUsers(t, s)
	grantsOfClients(t, s)
	n, err := s.RemoveConsent(t.Context(), "u", "c", start.Add(time.Second))
	must(t, err)
	equal(t, n, 1)
	grantsInForce(t, s, map[string]bool{"c-u": false, "c-v": true, "d-u": true})
	all, err := s.ConsentsOf(t.Context(), "u")
	must(t, err)
	equal(t, len(all), 1)
	_, err = s.Consent(t.Context(), "v", "c")
	must(t, err)
	if _, err := s.RemoveConsent(t.Context(), "u", "c", start); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a second time: %v, want ErrNotFound", err)
	}
}

func grantsEnd(t *testing.T, s store.Store, _ *clock) {
	consentingUsers(t, s)
	grantsOfClients(t, s)
	n, err := s.EndGrants(t.Context(), "c", "v", start)
	must(t, err)
	equal(t, n, 1)
	grantsInForce(t, s, map[string]bool{"c-u": true, "c-v": false, "d-u": true})
	n, err = s.EndGrants(t.Context(), "c", "", start)
	must(t, err)
	equal(t, n, 1)
	grantsInForce(t, s, map[string]bool{"c-u": false, "c-v": false, "d-u": true})
}

func consentGoesWithUser(t *testing.T, s store.Store, _ *clock) {
	consentingUsers(t, s)
	must(t, s.RemoveUser(t.Context(), "u"))
	for user, want := range map[string]int{"u": 0, "v": 2} {
		all, err := s.ConsentsOf(t.Context(), user)
		must(t, err)
		equal(t, len(all), want)
	}
}

func consentOfNobody(t *testing.T, s store.Store, _ *clock) {
	if err := s.AddConsent(t.Context(), store.Consent{UserID: "nobody", ClientID: "c", GivenAt: start}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
}
