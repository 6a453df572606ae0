package oidc_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/oidc"
	"github.com/acrhost/acrhost/host/relying"
	"github.com/acrhost/acrhost/host/store"
)

// When the store can't be read, or not in time, nobody is told that their application's request was faulty.
func TestPagesWithoutTheStore(t *testing.T) {
	r := newRig(t)
	clients := &offAndOn{Store: r.store, off: true}
	c := r.provider.Config
	c.Stored = &relying.Book{Config: r.book.Config, Store: clients, Now: r.clock.now}
	router := newRouter(oidc.New(c))
	asks := "/logout?" + url.Values{"client_id": {"stored"}, "post_logout_redirect_uri": {"https://app.example/bye"}}.Encode()
	begins := "/authorize?" + good("stored", nil).Encode()
	for _, row := range []struct {
		asks   string
		off    bool
		cause  error
		status int
		says   string
	}{
		{asks, true, nil, http.StatusInternalServerError, "You may still be signed in"},
		{asks, true, context.DeadlineExceeded, http.StatusServiceUnavailable, "You may still be signed in"},
		{asks, false, nil, http.StatusBadRequest, "you were not signed out"},
		{begins, true, nil, http.StatusInternalServerError, "Your sign-in could not be started"},
		{begins, true, store.ErrBusy, http.StatusServiceUnavailable, "Too much is going on"},
		{begins, false, nil, http.StatusBadRequest, "faulty request"},
	} {
		clients.off, clients.cause = row.off, row.cause
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, row.asks, http.NoBody))
		if w.Code != row.status || !strings.Contains(w.Body.String(), row.says) || strings.Contains(w.Body.String(), errStore.Error()) {
			t.Errorf("%.10s, off %v: %d %s", row.asks, row.off, w.Code, w.Body)
		}
	}
}
