// Package reference is how a plugin's place is written: an OCI registry, an address with a
// digest, or a file. It only reads text.
package reference
