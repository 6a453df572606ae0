// Package oidc is the OpenID Provider: the only place that speaks OAuth on the
// wire, one file per endpoint. It proves who a client is and where an answer may
// go, hands the login itself to whoever runs journeys, and turns what came of it
// into a grant, a code and tokens.
//
// The way of one login through this package:
//
//	authorize.go   the client, what it asks for (request.go), its redirect URI, then
//	               checks.go, then Login.Start
//	finish.go      the end of the journey becomes a grant and a code, or an error; or tokens
//	               (implicit.go), where the operator has switched a response type on for it
//	token.go       client authentication, then authcode.go, refresh.go, clientcredentials.go,
//	               devicetoken.go or exchange.go
//	userinfo.go    what the access token's scopes give
//	introspect.go  what a token says, for a resource server; introspectjwt.go signs it
//
// What a client asks for may be pushed before (par.go, pulled.go), or signed (requestobject.go); a
// form of another site has the browser come once more (comeagain.go). Who the client is
// says clientauth.go, with assertion.go for what it signs; how often somebody may be wrong
// about it, ratelimit.go, guesses.go and share.go.
//
// A session's end begins at logout.go (logouthint.go) and reaches the clients by
// backchannel.go (logoutround.go: in what order) and frontchannel.go;
// subject.go and sid.go say how each of them sees user and session.
//
// A device that can show no page begins at device.go instead; its user decides at
// devicepage.go and signs in by devicelogin.go. What tokens are bound to is in dpop.go,
// nonce.go and mtls.go, and present.go checks it where they are shown.
//
// There are two kinds of fault. A PageFault is shown to the user, because nobody
// has proven yet that the redirect URI is the client's. An *Error speaks OAuth:
// it goes to the client, as JSON or in a redirect. What a page says of a faulty request is a
// mistake (mistake.go): our words alone, never the request's. What only took too long is one
// of either kind that says so. What only the operator may
// know is the cause inside of either, and never leaves the log.
//
// What the OpenID Foundation's conformance suite demands of it is in CONFORMANCE.md, module
// by module, with the tests (conformance_*_test.go).
//
// Discovery (discovery.go) tells what the provider does and what its clients can do
// (usage.go).
//
// The package signs nothing (package token does), writes no HTML (package page
// does) and never sees WebAssembly.
package oidc
