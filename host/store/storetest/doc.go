// Package storetest is the law for every backend of package store, as a test.
// A backend's own test is one call of Run.
package storetest
