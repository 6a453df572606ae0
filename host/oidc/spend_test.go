package oidc_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// A refresh token that was used is in the store still, as a mark: its client can't end the
// grant by it, as with one that is unknown.
func TestUsedRefreshTokenEndsNothing(t *testing.T) {
	r := newRig(t)
	used := r.tokens(nil)["refresh_token"].(string)
	next := r.post("/token", refresh(used, nil)).json(t)["refresh_token"].(string)
	if a := r.post("/revoke", url.Values{"token": {used}, "client_id": {"spa"}}); a.StatusCode != http.StatusOK {
		t.Errorf("revocation of a used one: %d", a.StatusCode)
	}
	if a := r.post("/token", refresh(next, nil)); a.StatusCode != http.StatusOK {
		t.Errorf("refresh by the next one: %d: %s", a.StatusCode, a.body)
	}
}

// Hosts once took a voucher away and left their mark elsewhere, which counts still.
func TestMarkOfBeforeCounts(t *testing.T) {
	r := newRig(t)
	raw := r.tokens(nil)["refresh_token"].(string)
	record, err := r.store.Take(t.Context(), store.Refresh, store.Key(raw))
	if err != nil {
		t.Fatal(err)
	}
	mark := store.Record{Kind: store.Spent, ID: record.ID, Data: []byte(record.Group), ExpiresAt: time.Now().Add(time.Hour)}
	if _, err := r.store.Put(t.Context(), mark); err != nil {
		t.Fatal(err)
	}
	r.wantError(r.post("/token", refresh(raw, nil)), http.StatusBadRequest, "invalid_grant")
	if g, err := r.store.Grant(t.Context(), record.Group); err != nil || g.RevokedAt.IsZero() {
		t.Errorf("the grant of a token that was used twice: %v, %v", g, err)
	}
}
