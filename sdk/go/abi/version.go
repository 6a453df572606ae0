package abi

// Version is the ABI version that this package describes. The major version is
// also the suffix of the guest's exports.
const Version = "1.0"

// MaxInput, MaxOutput and MaxDepth bound the documents: bytes, bytes, and levels
// of nesting.
const (
	MaxInput  = 128 << 10
	MaxOutput = 64 << 10
	MaxDepth  = 32
)
