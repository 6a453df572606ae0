package oidc_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/oidc"
	"github.com/acrhost/acrhost/host/relying"
)

// When the store can't be read nobody is told that their application's request was faulty.
func TestLogoutWithoutTheStore(t *testing.T) {
	r := newRig(t)
	clients := &offAndOn{r.store, true}
	c := r.provider.Config
	c.Stored = &relying.Book{Config: r.book.Config, Store: clients, Now: r.clock.now}
	router := newRouter(oidc.New(c))
	asks := "/logout?" + url.Values{"client_id": {"stored"}, "post_logout_redirect_uri": {"https://app.example/bye"}}.Encode()
	for _, row := range []struct {
		off    bool
		status int
		says   string
	}{
		{true, http.StatusInternalServerError, "You may still be signed in"},
		{false, http.StatusBadRequest, "you were not signed out"},
	} {
		clients.off = row.off
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, asks, http.NoBody))
		if w.Code != row.status || !strings.Contains(w.Body.String(), row.says) || strings.Contains(w.Body.String(), errStore.Error()) {
			t.Errorf("off %v: %d %s", row.off, w.Code, w.Body)
		}
	}
}
