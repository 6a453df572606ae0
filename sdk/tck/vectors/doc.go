// Package vectors holds the vectors of the conformance kit: the files of this folder,
// those that are too large to be written down (large.go), and what the manifest of the
// tck guest has to say (manifest.go). ../README.md specifies the guest.
package vectors
