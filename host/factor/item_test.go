package factor_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/store"
)

func TestItems(t *testing.T) {
	w := newWorld(t)
	w.change(alice, phone)
	w.keep(store.Credential{ID: "demo:" + alice, UserID: alice, Kind: "demo", CreatedAt: start})
	w.registered(alice, deviceOf(alice))
	w.advance(time.Second)
	synced := newDevice(virtualwebauthn.KeyTypeEC2, alice, virtualwebauthn.AuthenticatorOptions{BackupEligible: true, BackupState: true})
	w.registered(alice, synced)
	w.advance(time.Second)
	w.appOf(alice) // and a minute passes
	w.advance(time.Second)
	codes := w.codesOf(alice)
	w.advance(time.Second)
	if _, _, err := w.SpendRecovery(t.Context(), alice, codes[0]); err != nil {
		t.Fatal(err)
	}
	got, err := w.Items(t.Context(), alice)
	w.ok(err)
	want := []factor.Item{
		{ID: "password:" + alice, Kind: factor.Password, Name: "Password"},
		{Kind: factor.Passkey, Name: "Passkey", AddedAt: start},
		{Kind: factor.Passkey, Name: "Passkey", AddedAt: start.Add(time.Second), Synced: true},
		{Kind: factor.TOTP, Name: "Authenticator app", AddedAt: start.Add(2 * time.Second)},
		{ID: "recovery:" + alice, Kind: factor.Recovery, Name: "Recovery codes", AddedAt: start.Add(63 * time.Second), UsedAt: start.Add(64 * time.Second), Left: 9},
		{ID: "sms", Kind: "sms", Name: "+•••01"},
		{ID: "email", Kind: "email", Name: "a•••@e•••.com"},
	}
	random := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".ID" }, cmp.FilterValues(
		func(a, b string) bool { return a == "" || b == "" }, cmp.Ignore()))
	if diff := cmp.Diff(want, got, random); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, i := range got {
		if i.ID == "" {
			t.Errorf("%+v has no id", i)
		}
	}
	got, err = w.Items(t.Context(), bob)
	w.ok(err)
	want = []factor.Item{{ID: "password:" + bob, Kind: factor.Password, Name: "Password", Last: true}, {ID: "email", Kind: "email", Name: "b•••@e•••.com", Last: true}}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, user := range []string{"", "u_unknown", mallory} {
		if _, err := w.Items(t.Context(), user); !errors.Is(err, factor.ErrNone) {
			t.Errorf("%q: %v", user, err)
		}
	}
}

// Somebody removes all their ways to sign in at one moment, each as if the others
// would stay: one stays.
func TestRemoveTheLastWaysAtOnce(t *testing.T) {
	for range 20 {
		w := newWorld(t)
		w.registered(alice, deviceOf(alice))
		w.registered(alice, deviceOf(alice))
		all := append(w.credentials(alice, factor.Passkey), w.credentials(alice, factor.Password)...)
		var removed atomic.Int64
		var group sync.WaitGroup
		evidence := w.both()
		for _, c := range all {
			group.Go(func() {
				err := w.Remove(t.Context(), alice, c.ID, evidence)
				for errors.Is(err, factor.ErrRefused) { // another one is at it
					err = w.Remove(t.Context(), alice, c.ID, evidence)
				}
				switch {
				case err == nil:
					removed.Add(1)
				case !errors.Is(err, factor.ErrLast):
					t.Error(err)
				}
			})
		}
		group.Wait()
		if removed.Load() != 2 {
			t.Fatalf("%d of 3 were removed", removed.Load())
		}
	}
}
