package capability_test

import (
	"context"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/store"
)

// factors are those of the world's people, who each have a password at first.
func (w *world) factors() *factor.Service {
	w.t.Helper()
	sealer, err := store.NewSealer(make([]byte, store.SealKeySize))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, u := range people() {
		if _, err := w.store.PutUser(w.t.Context(), u); err != nil {
			w.t.Fatal(err)
		}
		c := store.Credential{ID: "password:" + u.ID, UserID: u.ID, Kind: factor.Password, CreatedAt: start}
		if _, err := w.store.PutCredential(w.t.Context(), c); err != nil {
			w.t.Fatal(err)
		}
	}
	f, err := factor.New(factor.Config{
		Users: w.store, Artifacts: w.store, Audit: w.store, Sealer: sealer, Name: "Example", Now: w.Now,
		Senders:  map[string]deliver.Sender{deliver.SMS: w, deliver.Email: w},
		Passkeys: factor.Passkeys{Issuer: "https://login.example.com"},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// FirstPassword is taken as ChangePassword is.
func (a *accounts) FirstPassword(_ context.Context, id, password string) error {
	if len(password) < account.MinPasswordRunes {
		return account.ErrTooShort
	}
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.w.chosen = append(a.w.chosen, id+" "+password+" first")
	return nil
}
