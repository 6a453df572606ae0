// Package hosttest drives a running provider from outside, as its users do: a
// Browser that follows redirects and fills in forms, and a Party, a relying
// party built on a library that others wrote. Tests use it; it asserts nothing.
package hosttest
