// Package login drives one run of a journey over HTTP: it stores the run, binds
// it to the browser that began it, shows prompts, takes answers exactly once,
// and hands the finished run to whoever began it. It knows no OAuth: the
// provider's endpoints call Start and are called back through a Finisher.
package login
