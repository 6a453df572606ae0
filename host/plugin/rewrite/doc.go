// Package rewrite reads a WebAssembly module that nobody trusts and writes it
// again with limits inside. The engine that runs the result needs no timer and
// no stack probe: a module that came out of here pays for what it does, and stops
// itself when it can't.
//
// Decode reads and checks; Rewrite writes. What they guarantee, for a reviewer to
// hold against the WebAssembly specification 2.0:
//
//   - Nothing unknown passes. Sections, types and instructions are those of 2.0:
//     MVP, sign extension, saturating conversion, multi-value, bulk memory,
//     reference types, fixed-width SIMD. Threads, tail calls, exceptions, several
//     memories and 64-bit memories are refused, by the byte that asked for them.
//   - Nothing of the guest's can name what is injected. Every index of a local,
//     global, function, type and label is checked against the module as it came,
//     because an index just past the end would be valid after the rewrite, and
//     the global after the last one is the fuel.
//   - Fuel (fuel.go). Every instruction costs 1, except block, loop, else and end,
//     which do nothing. A straight piece of code is paid for where it begins.
//     Function entries and loop heads also look whether fuel is left; a cycle must
//     pass one of them. When none is left the host is asked, through the import
//     acrhost_rt.refill, for another slice. The host refuses by a panic, which no
//     guest can catch. How the sum is sliced doesn't change the sum.
//   - Instructions that work on a range pay by its size (helpers.go): 1 for 8
//     bytes of memory, 1 for each table entry.
//   - Depth (function.go). A function that calls takes a frame from a counter when
//     it is entered and gives it back at its one exit: the body becomes a block
//     and return becomes a branch to its end. Many locals count as several frames.
//     Below zero is unreachable.
//   - Memory and tables get a maximum. A minimum above the limit is refused.
//   - The start function is not started: it becomes the export acrhost.start, so
//     that the host can set the limits first.
//   - Active data segments are merged (data.go), since engines apply each by itself
//     and Go's linker writes tens of thousands. Custom sections are left out.
//
// The injected names begin with "acrhost." or stand in the import module
// "acrhost_rt"; a guest that uses either is refused.
package rewrite
