package factor_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/store"
)

func TestRemove(t *testing.T) {
	w := newWorld(t)
	d := w.registered(alice, deviceOf(alice))
	w.sent = nil
	w.ok(w.Remove(t.Context(), alice, w.credentials(alice, factor.Passkey)[0].ID, w.both()))
	if w.credentials(alice, factor.Passkey) != nil {
		t.Error("the passkey is still there")
	}
	if diff := cmp.Diff([]string{"factor.added " + alice, "factor.removed " + alice}, w.events()); diff != "" || len(w.sent) != 1 {
		t.Errorf("events %s, sent %+v", diff, w.sent)
	}
	_, err := w.finish("r_1", "", d.assert(t, w.begin("r_1", "")))
	refused(t, err, factor.ErrRefused, "")
}

// Nobody removes the last way to sign in, whatever else they have.
func TestRemoveTheLastWay(t *testing.T) {
	w := newWorld(t)
	w.appOf(alice)
	w.codesOf(alice)
	w.registered(alice, deviceOf(alice))
	password, passkey := w.credentials(alice, factor.Password)[0], w.credentials(alice, factor.Passkey)[0]
	w.ok(w.Remove(t.Context(), alice, password.ID, w.both()))
	refused(t, w.Remove(t.Context(), alice, passkey.ID, w.both()), factor.ErrLast, "")
	for _, kind := range []string{factor.TOTP, factor.Recovery} {
		w.ok(w.Remove(t.Context(), alice, w.credentials(alice, kind)[0].ID, w.both()))
	}
	w.registered(alice, deviceOf(alice))
	w.ok(w.Remove(t.Context(), alice, passkey.ID, w.both()))
}

// A passkey is no way to sign in on a host that can't use passkeys.
func TestRemoveThePasswordWithoutPasskeys(t *testing.T) {
	w := newWorld(t, func(c *factor.Config) { c.Passkeys.Issuer = "http://127.0.0.1" })
	w.keep(store.Credential{ID: "passkey:x", UserID: alice, Kind: factor.Passkey, Data: []byte("{}")})
	refused(t, w.Remove(t.Context(), alice, w.credentials(alice, factor.Password)[0].ID, w.both()), factor.ErrLast, "")
}

// What is another user's, or nobody's, or no factor at all, can't be touched.
func TestChangeOfAnotherUsersFactor(t *testing.T) {
	w := newWorld(t)
	w.registered(bob, deviceOf(bob))
	w.keep(store.Credential{ID: "demo:" + alice, UserID: alice, Kind: "demo", Data: []byte("x")})
	for _, id := range []string{w.credentials(bob, factor.Passkey)[0].ID, "", "passkey:unknown", "demo:" + alice} {
		refused(t, w.Remove(t.Context(), alice, id, w.both()), factor.ErrNone, "")
		refused(t, w.Rename(t.Context(), alice, id, "Mine", w.both()), factor.ErrNone, "")
	}
	for _, user := range []string{mallory, "u_unknown"} {
		refused(t, w.Remove(t.Context(), user, "password:"+user, w.both()), factor.ErrNone, "")
	}
	if kept := w.credentials(bob, factor.Passkey); len(kept) != 1 || kept[0].Label != "Passkey" {
		t.Errorf("bob has %+v", kept)
	}
}

func TestRename(t *testing.T) {
	w := newWorld(t)
	w.registered(alice, deviceOf(alice))
	id := w.credentials(alice, factor.Passkey)[0].ID
	w.ok(w.Rename(t.Context(), alice, id, " Blue\x00\n key ", w.both()))
	w.ok(w.Rename(t.Context(), alice, id, " \n", w.both())) // no name: it keeps its own
	if got := w.credentials(alice, factor.Passkey)[0].Label; got != "Blue key" {
		t.Errorf("is called %q", got)
	}
	if events := w.events(); events[len(events)-1] != "factor.renamed "+alice {
		t.Errorf("events %q", events)
	}
	refused(t, w.Rename(t.Context(), alice, w.credentials(alice, factor.Password)[0].ID, "Mine", w.both()), factor.ErrNone, "")
}

func TestOfNobody(t *testing.T) {
	w := newWorld(t)
	for _, user := range []string{"", "u_unknown", mallory} {
		if _, err := w.Of(t.Context(), user); !errors.Is(err, factor.ErrNone) {
			t.Errorf("%q: %v", user, err)
		}
	}
}
