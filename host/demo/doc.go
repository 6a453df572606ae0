// Package demo is a relying party for people who try acrhost: it sends them
// through the shipped journeys and shows what came back. It is a client like any
// other, built on a library that others wrote: it knows the provider by its
// issuer alone, over HTTP. Only two things are not a client's: the acr trail of a
// run, and the outbox, which shows the messages that were not really sent.
//
// It keeps no state but what it puts into the browser's cookies. It is refused
// by the configuration unless the issuer is a loopback address.
package demo
