// Package resource is for resource servers: a middleware that takes JWT access tokens
// (RFC 9068) and asks for a stronger or a younger login where a request needs one (OAuth
// 2.0 Step Up Authentication Challenge Protocol, RFC 9470).
//
//	verifier, err := resource.New(ctx, resource.Config{Issuer: "https://login.example.com"})
//	…
//	mux.Handle("/transfers", verifier.Require(resource.Need{ACR: []string{"2.5"}, MaxAge: 5 * time.Minute})(transfers))
//
// A token that is valid and says too little gets 401 with
// insufficient_user_authentication, acr_values and max_age: the client sends the user to
// log in again with these, and comes back with another token.
//
// Tokens that are bound to a key are taken with the proof of it, and never as bearer tokens:
// by DPoP (RFC 9449), for which Config.URL says how clients name this server, or by the
// certificate of a TLS connection (RFC 8705).
//
// It works with any provider that follows RFC 9068; it knows nothing of acrhost.
package resource
