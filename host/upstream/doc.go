// Package upstream is a client of other OpenID Providers: it makes the request that a
// browser takes there (code flow, PKCE, nonce), and checks what comes back. What is
// worth how much is the operator's to say: of a provider's acr and amr only what the
// configuration allows is given on.
//
// It never decides who the local user is (host/account), never sees a run
// (host/capability), and never shows what a provider said of an error.
package upstream
