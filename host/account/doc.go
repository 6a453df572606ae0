// Package account keeps users and checks their passwords.
//
// A password is normalized by the profile OpaqueString of RFC 8265 and kept as
// an argon2id hash (RFC 9106). To check one takes the same work for a user that
// is unknown, disabled or without a password as for a wrong password, and no
// more of it is done at once than the machine's memory allows.
//
// It decides nothing about a login: how many attempts there are, and what a
// correct password is worth, is for its callers.
package account
