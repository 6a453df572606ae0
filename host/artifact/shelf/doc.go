// Package shelf keeps the modules that were fetched, in a folder, each under its digest.
// What lies there is believed only as far as its digest goes: it is looked at again each
// time.
package shelf
