package form_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/acrhost/acrhost/host/form"
)

// A form of the issuer's page is ours behind a proxy that says another Host, and nobody else's is.
func TestAt(t *testing.T) {
	for _, row := range []struct {
		name, issuer, host, origin, site string
		want                             bool
	}{
		{"no proxy", "https://id.example.com", "id.example.com", "https://id.example.com", "same-origin", true},
		{"a proxy", "https://id.example.com", "127.0.0.1:8080", "https://id.example.com", "same-origin", true},
		{"a proxy, an old browser", "https://id.example.com", "acrhost", "https://id.example.com", "", true},
		{"a port", "https://id.example.com:8443", "acrhost", "https://id.example.com:8443", "", true},
		{"the usual port, which browsers leave out", "https://id.example.com:443", "acrhost", "https://id.example.com", "", true},
		{"another case", "https://ID.example.com", "acrhost", "https://id.example.com", "", true},
		{"another name of this host", "https://id.example.com", "127.0.0.1:8080", "http://127.0.0.1:8080", "", true},
		{"another port", "https://id.example.com", "acrhost", "https://id.example.com:8443", "", false},
		{"in the clear", "https://id.example.com", "acrhost", "http://id.example.com", "", false},
		{"another site", "https://id.example.com", "acrhost", "https://evil.example", "", false},
		{"a longer name", "https://id.example.com", "acrhost", "https://id.example.com.evil.example", "", false},
		{"a user's name", "https://id.example.com", "acrhost", "https://id.example.com@evil.example", "", false},
		{"an opaque origin", "https://id.example.com", "acrhost", "null", "", false},
		{"another site, says the browser", "https://id.example.com", "acrhost", "https://id.example.com", "cross-site", false},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/login/r", http.NoBody)
		r.Host = row.host
		r.Header.Set("Origin", row.origin)
		if row.site != "" {
			r.Header.Set("Sec-Fetch-Site", row.site)
		}
		var got bool
		form.At(row.issuer)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = form.SameOrigin(r) })).ServeHTTP(httptest.NewRecorder(), r)
		if got != row.want {
			t.Errorf("%s: %v", row.name, got)
		}
		if r.Host != row.host {
			t.Errorf("%s: the server's own request was changed", row.name)
		}
	}
}
