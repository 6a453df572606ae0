// Package store says what is kept and states the law for every backend: what
// happens once is Take, what may race is Put with a version, what counts is Change; what
// is written for one answer is written Together. The backends are
// store/sqlite and store/memory; storetest proves each of them against the law.
//
// Secrets never arrive here in the clear: a caller hashes ids that are secrets
// (codes, tokens, session ids) with Key and seals private keys with Sealer.
package store
