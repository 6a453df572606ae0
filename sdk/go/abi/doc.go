// Package abi holds the documents that pass between the host and a step: the
// input, the output, the manifest, and the answers of host capabilities. It is
// data, and how that is written and read as JSON without reflection, which a step
// pays for in each call. The host and the SDK share it, so the two cannot drift apart.
//
// The contract itself is sdk/ABI.md; where this package and that page disagree,
// one of them is a fault.
package abi
