package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// hostile is what somebody would like to have on a page of ours.
const hostile = `https://evil.example/"><script>alert(1)</script> Call +1 555 0100 now`

// A page names the parameter that was at fault, and says nothing that came with the request.
func TestFaultPagesNameTheParameter(t *testing.T) {
	r := newRig(t)
	hint := r.tokens(nil)["id_token"].(string)
	unregistered := "isn't registered for this application (redirect_uri)."
	for name, row := range map[string]struct {
		path string
		q    url.Values
		want string
	}{
		"no client":       {"/authorize", good("spa", url.Values{"client_id": {}}), "does not say which application it is from (client_id)."},
		"unknown client":  {"/authorize", good(hostile, nil), "isn't known here (client_id)."},
		"client twice":    {"/authorize", good("spa", url.Values{"client_id": {"spa", hostile}}), "sent more than once (client_id)."},
		"no redirect URI": {"/authorize", good("spa", url.Values{"redirect_uri": {}}), "is missing (redirect_uri)."},
		"redirect twice":  {"/authorize", good("spa", url.Values{"redirect_uri": {spaURI, hostile}}), "sent more than once (redirect_uri)."},
		"not registered":  {"/authorize", good("spa", url.Values{"redirect_uri": {hostile}, "state": {hostile}}), unregistered},
		"another's":       {"/authorize", good("spa", url.Values{"redirect_uri": {webURI}}), unregistered},
		"pushed request":  {"/authorize", url.Values{"client_id": {"spa"}, "request_uri": {"urn:ietf:params:oauth:request_uri:" + hostile}}, "(request_uri)."},
		"request object":  {"/authorize", url.Values{"client_id": {"spa"}, "request": {hostile}}, "The request parameter is not supported."},
		"unreadable":      {"/authorize", good("spa", url.Values{"nonce": {"\xff"}}), "must be UTF-8."},

		"logout, not registered": {"/logout", url.Values{"client_id": {"spa"}, "post_logout_redirect_uri": {hostile}}, "isn't registered for this application (post_logout_redirect_uri)."},
		"logout, unknown client": {"/logout", url.Values{"client_id": {hostile}, "post_logout_redirect_uri": {byeURI}}, "isn't registered for this application (post_logout_redirect_uri)."},
		"logout, no client":      {"/logout", url.Values{"post_logout_redirect_uri": {byeURI}}, "does not say which application it is from (client_id, id_token_hint)."},
		"logout, hint":           {"/logout", url.Values{"id_token_hint": {hostile}}, "none of this provider (id_token_hint)."},
		"logout, other client":   {"/logout", url.Values{"id_token_hint": {hint}, "client_id": {hostile}}, "(client_id, id_token_hint)."},
		"logout, twice":          {"/logout", url.Values{"state": {"1", hostile}}, "sent more than once (state)."},
	} {
		t.Run(name, func(t *testing.T) {
			for _, a := range []reply{r.get(row.path, row.q), r.post(row.path, row.q)} {
				if a.StatusCode != http.StatusBadRequest || a.Header.Get("Location") != "" || !strings.HasSuffix(a.body, row.want) {
					t.Errorf("%d to %q: %s", a.StatusCode, a.Header.Get("Location"), a.body)
				}
				for _, word := range []string{"evil", "script", "555", webURI, spaURI} {
					if strings.Contains(a.body, word) {
						t.Errorf("the page says %q: %s", word, a.body)
					}
				}
			}
		})
	}
}

// A form of ours that does not count any more is not an application's fault.
func TestFaultPagesOfForms(t *testing.T) {
	r := newRig(t)
	a := r.logout(http.MethodPost, url.Values{"_logout": {"AAAA"}}, r.signedIn("u-alice"))
	if a.StatusCode != http.StatusBadRequest || strings.Contains(a.body, "application") || !strings.Contains(a.body, "not signed out") {
		t.Errorf("logout: %d %s", a.StatusCode, a.body)
	}
	a = r.post("/device/confirm", url.Values{"_device": {"AAAA"}, "_action": {"approve"}})
	if a.StatusCode != http.StatusBadRequest || strings.Contains(a.body, "application") || !strings.Contains(a.body, "Nothing was let in") {
		t.Errorf("device: %d %s", a.StatusCode, a.body)
	}
}
