// Package forwarded finds out which address a request comes from, in one place for
// all: behind proxies that the operator named it is what they say, otherwise it is
// the peer's, whatever a header claims. The same holds for the certificate that a client
// proved to hold, and for whether it came by https.
package forwarded
