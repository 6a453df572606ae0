package oidc

import (
	"net/http"
	"net/url"

	"github.com/acrhost/acrhost/host/form"
)

// withoutCookies says whether a request is a form of another site, with which the browser
// does not send the session's cookie: that is SameSite=Lax.
func (p *Provider) withoutCookies(r *http.Request) (bool, error) {
	if r.Method != http.MethodPost || form.SameOrigin(r) {
		return false, nil
	}
	sso, err := p.Sessions.Lookup(r)
	return sso == nil, err
}

// comeAgain has the browser come once more by GET, which has the cookie, so that a request by
// POST is answered as one by GET is (OpenID Connect Core 3.1.2.1). What the client kept out
// of the address stays out of it: the request waits here as a pushed one does.
func (p *Provider) comeAgain(w http.ResponseWriter, r *http.Request, a *authorization) error {
	uri := a.uri // one that waits already goes on doing so: it is answered once
	if uri == "" {
		var err error
		if uri, err = p.keepPushed(r.Context(), a.client, a.request); err != nil {
			return p.refuse(w, r, a, serverError(err))
		}
	}
	w.Header().Set("Location", pathAuthorize+"?"+url.Values{"client_id": {a.client.ID}, "request_uri": {uri}}.Encode())
	w.WriteHeader(http.StatusSeeOther)
	return nil
}
