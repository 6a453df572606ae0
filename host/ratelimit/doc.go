// Package ratelimit bounds how often one network address may ask for something cheap to
// ask and dear to answer. It is a first fence in one process, in memory that never grows:
// guessing at secrets is counted in the store, by package throttle.
package ratelimit
