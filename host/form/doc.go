// Package form takes forms that browsers post, and tells those that a page of this
// host has sent from forged ones (CSRF): by where they come from, and by a token.
package form
