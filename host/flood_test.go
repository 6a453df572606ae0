package host_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/hosttest"
)

// Attack: what anybody can have a served host keep, or compute, is bounded by address, by
// the numbers of the configuration.
func TestFloodIsBounded(t *testing.T) {
	cfg := hosttest.Load(t, "../config.toml")
	cfg.Throttle.LoginsPerMinute, cfg.Throttle.ClientFailuresPerMinute = 1, 2
	cfg.Registration.On, cfg.Registration.PerMinute = true, 1
	issuer := hosttest.Run(t, cfg, hosttest.NewClock())
	login := "/authorize?response_type=code&scope=openid&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&client_id=" + cfg.Clients[0].ID + "&redirect_uri=" + issuer + "/demo/callback"
	for _, row := range []struct {
		method, path string
		free         int // requests that are answered
	}{
		{http.MethodGet, login, 1},
		{http.MethodPost, "/register", 1},
		// These have one count.
		{http.MethodPost, "/device_authorization", 2},
		{http.MethodPost, "/par", 0}, {http.MethodPost, "/token", 0}, {http.MethodPost, "/introspect", 0}, {http.MethodPost, "/revoke", 0},
	} {
		for n := range row.free + 1 {
			req, err := http.NewRequestWithContext(t.Context(), row.method, issuer+row.path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			// Nobody believes it: the sender is no proxy of trusted_proxies.
			req.Header.Set("X-Forwarded-For", fmt.Sprintf("192.0.2.%d", n))
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			limited := res.StatusCode == http.StatusTooManyRequests && res.Header.Get("Retry-After") != "" ||
				strings.Contains(res.Header.Get("Location"), "error=temporarily_unavailable")
			if limited != (n == row.free) {
				t.Errorf("%s: request %d has status %d", row.path, n+1, res.StatusCode)
			}
		}
	}
}
