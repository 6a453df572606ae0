// Package hosttest drives a running provider from outside, as its users do: a
// Browser that follows redirects and fills in forms, a Person at it who answers what
// is asked, and a Party, a relying party built on a library that others wrote. Load
// and Run serve a configuration file for a test. Tests use it; it asserts nothing.
package hosttest
