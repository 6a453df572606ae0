package oidc

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/acrhost/acrhost/host/settle"
)

// The endpoints, under the issuer.
const (
	pathDiscovery = "/.well-known/openid-configuration"
	pathMetadata  = "/.well-known/oauth-authorization-server" // RFC 8414 3
	pathJWKS      = "/jwks"
	pathAuthorize = "/authorize"
	pathToken     = "/token"
	pathUserinfo  = "/userinfo"
	pathPush      = "/par"

	pathIntrospect = "/introspect"
	pathRevoke     = "/revoke"
	pathLogout     = "/logout"

	pathRegister = "/register"

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
	r.Get(pathAuthorize, settle.Handler(p.page(p.authorizeGet), p.pageFault))
	r.Post(pathAuthorize, settle.Handler(p.page(p.authorizePost), p.pageFault))

	r.Get(pathLogout, p.page(p.logoutGet))
	r.Post(pathLogout, p.page(p.logoutPost))
	if p.managesSessions() {
		r.Get(pathCheckSession, p.checkSession)
	}
	r.Get(pathDevice, p.page(p.deviceShow))
	r.Post(pathDevice, p.page(p.deviceEntered))
	r.Post(pathDeviceConfirm, p.page(p.deviceConfirmed))
	r.Get(pathDeviceDone, p.page(p.deviceEnded(true)))
	r.Get(pathDeviceFailed, p.page(p.deviceEnded(false)))
	r.Post(pathIntrospect, p.api(p.limited(p.introspect))) // for servers: no script has a client's secret

	if p.Registration.On {
		// For servers and for apps: no script of another page has a token for these.
		r.Post(pathRegister, p.api(p.limitedRegistration(p.register)))
		r.Get(pathRegister+"/{client}", p.api(p.limited(p.readRegistered)))
		r.Put(pathRegister+"/{client}", p.api(p.limited(p.updateRegistered)))
		r.Delete(pathRegister+"/{client}", p.api(p.limited(p.removeRegistered)))
	}

	r.Group(func(r chi.Router) {
		r.Use(anyOrigin)
		getAndHead(r, pathDiscovery, p.serveDiscovery)
		getAndHead(r, pathMetadata, p.serveDiscovery)
		getAndHead(r, pathJWKS, p.serveJWKS)
		r.Post(pathToken, settle.Handler(p.api(p.limited(p.token)), p.apiFault))
		r.Post(pathPush, p.api(p.limited(p.push, costly))) // RFC 9126: an app in a browser may have to push, too
		r.Post(pathDeviceAuthorization, p.api(p.limited(p.deviceAuthorization, costly)))
		r.Post(pathRevoke, p.api(p.limited(p.revoke)))
		r.Get(pathUserinfo, p.api(p.userinfoGet))
		r.Post(pathUserinfo, p.api(p.userinfoPost))
		for _, path := range []string{pathDiscovery, pathMetadata, pathJWKS, pathToken, pathUserinfo, pathRevoke, pathPush, pathDeviceAuthorization} {
			r.Options(path, preflight)
		}
	})
}

func getAndHead(r chi.Router, path string, h http.HandlerFunc) {
	r.Get(path, h)
	r.Head(path, h)
}
