// Package fetchrule says where a plugin may send HTTP requests: what an operator grants of
// http_fetch (rule.go), what a manifest wants (want.go), and whether the one covers the
// other. Both write paths in the same way (path.go). It is pure: nothing is resolved or
// fetched here.
package fetchrule
