// Package clientcert says whether a client's certificate is the one that it registered
// (RFC 8705): by a name that an authority vouches for, or by itself. Which certificate a
// request's client holds the key of is package forwarded's to find out.
package clientcert
