package oidc

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

// The endpoints, under the issuer.
const (
	pathDiscovery = "/.well-known/openid-configuration"
	pathJWKS      = "/jwks"
	pathAuthorize = "/authorize"
	pathToken     = "/token"
	pathUserinfo  = "/userinfo"
	pathPush      = "/par"

	pathIntrospect = "/introspect"
	pathRevoke     = "/revoke"
	pathLogout     = "/logout"
)

// Routes adds every endpoint to r. The endpoints that scripts of other origins
// may call have no use for cookies, so that any origin may.
func (p *Provider) Routes(r chi.Router) {
	r.Get(pathAuthorize, p.page(p.authorizeGet))
	r.Post(pathAuthorize, p.page(p.authorizePost))

	r.Get(pathLogout, p.page(p.logoutGet))
	r.Post(pathLogout, p.page(p.logoutPost))
	r.Post(pathPush, p.api(p.push))             // RFC 9126; scripts may as well ask at /authorize
	r.Post(pathIntrospect, p.api(p.introspect)) // for servers: no script has a client's secret

	r.Group(func(r chi.Router) {
		r.Use(anyOrigin)
		getAndHead(r, pathDiscovery, p.serveDiscovery)
		getAndHead(r, pathJWKS, p.serveJWKS)
		r.Post(pathToken, p.api(p.token))
		r.Post(pathRevoke, p.api(p.revoke))
		r.Get(pathUserinfo, p.api(p.userinfoGet))
		r.Post(pathUserinfo, p.api(p.userinfoPost))
		for _, path := range []string{pathDiscovery, pathJWKS, pathToken, pathUserinfo, pathRevoke} {
			r.Options(path, preflight)
		}
	})
}

func getAndHead(r chi.Router, path string, h http.HandlerFunc) {
	r.Get(path, h)
	r.Head(path, h)
}
