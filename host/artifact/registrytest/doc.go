// Package registrytest runs a real OCI registry, Debian's docker-registry, for tests: on a
// free loopback port, with basic authentication, in a folder of the test.
package registrytest
