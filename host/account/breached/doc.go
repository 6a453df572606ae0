// Package breached knows passwords that were seen in breaches: from a file that the
// operator has, never from a service, so that no password leaves the host.
//
// The file is one of two. The download of Have I Been Pwned, lines of a SHA-1 in
// hexadecimal, a colon and a count, sorted by hash, has tens of gigabytes: it is
// searched on the disk and never loaded. A plain list, one password a line, is
// loaded, and so is bounded.
package breached
