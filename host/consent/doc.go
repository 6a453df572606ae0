// Package consent remembers what users allowed clients, so that they are asked once, and
// lets them take it back. What a consent is worth in a login is for steps to say, and for
// package oidc; here it is only kept.
package consent
