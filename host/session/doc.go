// Package session keeps SSO sessions: who signed in in a browser, and the
// evidence for it with its times. A session is named by a secret cookie; the
// store knows only the secret's digest.
//
// A session says what was verified and when. Whether that is enough for a client
// is never decided here: the journey runs on every request and decides.
package session
