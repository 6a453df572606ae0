// Package selfservice is the pages at /account, where users see what they prove
// themselves with and where they are signed in, and change it.
//
// To look takes a session; to change anything takes the evidence that factor.Service
// wants of a change, out of the session in the store. Whoever has less signs in anew,
// by the journey that the configuration names, and comes back; when that was not
// enough either, a page says what is missing.
//
// What adds something is a journey too, of one step: see journeys.go. This package
// keeps no factor itself (package factor does), and nothing changes by a GET.
package selfservice
