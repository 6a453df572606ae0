package oidc_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

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
