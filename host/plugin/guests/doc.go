// Package guests has small guests in every language that has no SDK here, and in Go,
// for the tests and the benchmark of host/plugin. They are written against the bare
// ABI of sdk/ABI.md, so they are examples of that too; Go's decide uses the SDK.
// There are two in each language; make guests builds them.
//
// decide is a small job: it finds the top-level member amr of the input document and
// answers with an acr. hwk gives "2.5", pwd and otp "2.0", pwd alone "1.5", all else "0".
//
// canary shows whether anything of a call reaches the next one. Its configuration
// says what it does:
//
//	{"do": "write", "secret": "…"}   leave the first 16 bytes in static and in new memory,
//	                                 on the heap and the stack and in globals, as far as
//	                                 the language can; renumber and close descriptors 1 and 2
//	{"do": "look", "needle": "…"}    leave nothing
//
// The needle is the first 16 bytes of a secret, each XOR 0x5a, in hexadecimal: so that
// what is looked for is nowhere in memory by looking for it. Either call answers with
// the variables found (how many places hold the secret), random (16 bytes of random_get,
// in hexadecimal), clock (the real time in milliseconds) and closed (how many of the
// descriptors 1 and 2 are). Go's adds random2, of math/rand/v2.
package guests
