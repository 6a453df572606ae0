// Package factor keeps what users prove themselves with beside the password:
// passkeys, authenticator apps, recovery codes, phone numbers and e-mail addresses.
// One file for each; each can be used, added and removed.
//
// What two requests are needed for, such as a challenge and its answer, is bound to
// one run of a journey and counts once. Adding or removing anything needs evidence
// that is strong and young enough, is an audit event, and is told to the user. What the operator does by the
// command is an audit event of package account.
//
// It does not record evidence (host/capability does), and shows no pages.
package factor
