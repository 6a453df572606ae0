package storetest

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

func modules(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, store.Store, *clock){
		"a revoked module ends what rests on it":            moduleEndsGrants,
		"no grant rests on a revoked module":                moduleRefusesGrants,
		"a module is allowed again":                         moduleIsAllowed,
		"attack: a grant is made while a module is revoked": moduleRace,
	} {
		t.Run(name, func(t *testing.T) {
			s, c := begin(t, open)
			test(t, s, c)
		})
	}
}

func grantOn(id string, modules ...string) store.Grant {
	g := fullGrant()
	g.ID, g.RestsOn = id, modules
	return g
}

func moduleEndsGrants(t *testing.T, s store.Store, _ *clock) {
	expired := grantOn("expired", "sha256:bad")
	expired.ExpiresAt = start
	revoked := grantOn("revoked", "sha256:bad")
	revoked.RevokedAt = start.Add(-time.Minute)
	for _, g := range []store.Grant{grantOn("a", "sha256:bad"), grantOn("b", "sha256:00", "sha256:bad"), grantOn("other", "sha256:00"), grantOn("none"), expired, revoked} {
		must(t, s.PutGrant(t.Context(), g))
		_, err := s.Put(t.Context(), record("record of "+g.ID, g.ID))
		must(t, err)
	}
	bad := store.RevokedModule{Digest: "sha256:bad", At: start.Add(time.Second), Reason: "first"}
	n, err := s.RevokeModule(t.Context(), bad)
	must(t, err)
	equal(t, n, 2)
	for id, want := range map[string]time.Time{"a": bad.At, "b": bad.At, "revoked": revoked.RevokedAt, "other": {}, "none": {}} {
		g, err := s.Grant(t.Context(), id)
		must(t, err)
		equal(t, g.RevokedAt, want)
		_, err = s.Get(t.Context(), store.Code, "record of "+id)
		if gone := errors.Is(err, store.ErrNotFound); gone != want.Equal(bad.At) {
			t.Errorf("record of %s: %v", id, err)
		}
	}
	n, err = s.RevokeModule(t.Context(), store.RevokedModule{Digest: "sha256:bad", At: start.Add(time.Hour), Reason: "second"})
	must(t, err)
	equal(t, n, 0)
	all, err := s.RevokedModules(t.Context())
	must(t, err)
	equal(t, all, []store.RevokedModule{bad})
}

func moduleRefusesGrants(t *testing.T, s store.Store, _ *clock) {
	_, err := s.RevokeModule(t.Context(), store.RevokedModule{Digest: "sha256:bad", At: start})
	must(t, err)
	if err := s.PutGrant(t.Context(), grantOn("g", "sha256:00", "sha256:bad")); !errors.Is(err, store.ErrRevokedModule) {
		t.Errorf("a grant that rests on it: %v, want ErrRevokedModule", err)
	}
	if _, err := s.Grant(t.Context(), "g"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the refused grant: %v, want ErrNotFound", err)
	}
	must(t, s.PutGrant(t.Context(), grantOn("h", "sha256:00")))
}

func moduleIsAllowed(t *testing.T, s store.Store, _ *clock) {
	must(t, s.PutGrant(t.Context(), grantOn("before", "sha256:bad")))
	for _, digest := range []string{"sha256:bad", "sha256:also"} {
		_, err := s.RevokeModule(t.Context(), store.RevokedModule{Digest: digest, At: start})
		must(t, err)
	}
	must(t, s.AllowModule(t.Context(), "sha256:bad"))
	if err := s.AllowModule(t.Context(), "sha256:bad"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a second time: %v, want ErrNotFound", err)
	}
	must(t, s.PutGrant(t.Context(), grantOn("after", "sha256:bad")))
	g, err := s.Grant(t.Context(), "before")
	must(t, err)
	equal(t, g.RevokedAt, start)
	all, err := s.RevokedModules(t.Context())
	must(t, err)
	equal(t, all, []store.RevokedModule{{Digest: "sha256:also", At: start}})
}

// moduleRace: whichever comes first, no grant in force is left that rests on the module.
func moduleRace(t *testing.T, s store.Store, _ *clock) {
	const many = 20
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			err := s.PutGrant(t.Context(), grantOn("g"+strconv.Itoa(i), "sha256:bad"))
			if err != nil && !errors.Is(err, store.ErrRevokedModule) {
				t.Error(err)
			}
		})
	}
	all.Go(func() {
		if _, err := s.RevokeModule(t.Context(), store.RevokedModule{Digest: "sha256:bad", At: start.Add(time.Second)}); err != nil {
			t.Error(err)
		}
	})
	all.Wait()
	found, err := s.ListGrants(t.Context(), store.GrantFilter{RestsOn: "sha256:bad"}, "", many)
	must(t, err)
	for _, g := range found {
		if g.RevokedAt.IsZero() {
			t.Errorf("%s is in force", g.ID)
		}
	}
}
