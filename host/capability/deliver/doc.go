// Package deliver carries messages to people: into the demo's outbox, by SMTP, or
// through the operator's own gateway over HTTP. It knows nothing of what a
// message says, and no error of it ever repeats a message's text or an address.
package deliver
