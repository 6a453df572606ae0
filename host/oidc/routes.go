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

	pathDeviceAuthorization = "/device_authorization"
	pathDevice              = "/device" // short: users type it in
	pathDeviceConfirm       = "/device/confirm"
	pathCheckSession        = "/check-session"
	pathDeviceDone          = "/device/done"
	pathDeviceFailed        = "/device/failed"
)

// Routes adds every endpoint to r. The endpoints that scripts of other origins
// may call have no use for cookies, so that any origin may.
func (p *Provider) Routes(r chi.Router) {
	r.Get(pathAuthorize, p.page(p.authorizeGet))
	r.Post(pathAuthorize, p.page(p.authorizePost))

	r.Get(pathLogout, p.page(p.logoutGet))
	r.Post(pathLogout, p.page(p.logoutPost))
	if p.managesSessions() {
		r.Get(pathCheckSession, p.checkSession)
	}
	r.Post(pathPush, p.api(p.push)) // RFC 9126; scripts may as well ask at /authorize
	r.Get(pathDevice, p.page(p.deviceShow))
	r.Post(pathDevice, p.page(p.deviceEntered))
	r.Post(pathDeviceConfirm, p.page(p.deviceConfirmed))
	r.Get(pathDeviceDone, p.page(p.deviceEnded(true)))
	r.Get(pathDeviceFailed, p.page(p.deviceEnded(false)))
	r.Post(pathIntrospect, p.api(p.introspect)) // for servers: no script has a client's secret

	r.Group(func(r chi.Router) {
		r.Use(anyOrigin)
		getAndHead(r, pathDiscovery, p.serveDiscovery)
		getAndHead(r, pathJWKS, p.serveJWKS)
		r.Post(pathToken, p.api(p.token))
		r.Post(pathDeviceAuthorization, p.api(p.deviceAuthorization))
		r.Post(pathRevoke, p.api(p.revoke))
		r.Get(pathUserinfo, p.api(p.userinfoGet))
		r.Post(pathUserinfo, p.api(p.userinfoPost))
		for _, path := range []string{pathDiscovery, pathJWKS, pathToken, pathUserinfo, pathRevoke, pathDeviceAuthorization} {
			r.Options(path, preflight)
		}
	})
}

func getAndHead(r chi.Router, path string, h http.HandlerFunc) {
	r.Get(path, h)
	r.Head(path, h)
}
