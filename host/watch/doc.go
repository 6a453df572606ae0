// Package watch tells when files change, for those who develop a step: it is what
// --watch and serve --dev wait on. What is noticed is that something changed, not what:
// whoever waits looks at all of it anyway.
package watch
