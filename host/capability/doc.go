// Package capability is what steps may ask the host for: one file for each
// capability. A step never sees a password hash, a code that it did not get from
// the user, or a socket; it asks, and the host does the work and remembers what
// it saw.
//
// A Set is built once. For each call of a guest it makes a Call, which answers
// the guest's requests and collects the evidence that they gave. Whatever comes
// from a guest is hostile: requests are decoded strictly, a capability outside
// the grant is Denied, and once a run is about somebody, nothing a guest says
// makes the host verify somebody else's secrets in its name.
//
// It never decides what evidence is worth (host/acr), never runs a guest
// (host/plugin), and never writes secrets, codes or addresses into a log.
package capability
