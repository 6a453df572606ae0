// Package outbound dials servers for requests that others have a say in: a step's, or
// another provider's. It keeps them out of the operator's own network (server-side
// request forgery). It never reads an answer.
package outbound
