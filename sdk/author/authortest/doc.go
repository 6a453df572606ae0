// Package authortest builds the projects of this repository for tests: the examples of
// the SDKs, and their guests of the conformance kit. It uses the compilers that make
// tools installed, and keeps what it built in .cache/sdk.
package authortest
