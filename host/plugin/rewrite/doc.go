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
//     bytes of memory, 1 for each table entry. memory.fill and memory.copy do it in
//     pieces (bulk.go), so that no instruction takes long.
//   - The engine's compiler takes little time for its size (scan.go, carried.go, live.go,
//     operands.go): what it takes more than evenly long for is counted and bounded.
//   - Depth (function.go). A function that calls takes a frame from a counter when
//     it is entered and gives it back at its one exit: the body becomes a block
//     and return becomes a branch to its end. Many locals count as several frames.
//     Below zero is unreachable.
//   - Memory and tables get a maximum. A minimum above the limit is refused.
//   - The start function is not started: it becomes the export acrhost.start, so
//     that the host can set the limits first.
//   - Active data segments are merged (data.go), since engines apply each by itself
//     and Go's linker writes tens of thousands. Custom sections are left out.
//   - The engine must see the instructions that were seen here. The rewriter copies
//     what it doesn't change, so where the engine reads a byte string otherwise than
//     the specification does, the longer form is refused (vectorNumber).
//
// With Limits.Track the module also notes what it writes (track.go), so that a host
// that serves many with one instance copies back only that. What a host relies on:
//
//   - Whatever the module's code changed in memory since it was last asked lies in a
//     block whose bit is set, or in the Reach bytes behind one: a store is noted by its
//     first byte alone, and stores side by side by one mark (address.go). All
//     instructions that store are listed in instruction.go; memory.fill, copy and init
//     note every block.
//   - A store that traps may set a bit, or another block's; it changes nothing. Growing
//     sets none: what a memory grows by is zero, until it is stored to.
//   - Bits wrap around: each stands for every block whose number is the same modulo
//     Blocks.Count, so that a memory may grow without more bits.
//   - What the host writes itself, and what data segments write before the first
//     instruction, is not noted.
//   - Noting costs no fuel and changes no result. Tables, dropped segments, and globals
//     that the host can't set are not noted: Restorable refuses modules that change
//     them. The other mutable globals are exported.
//
// The injected names begin with "acrhost." or stand in the import module
// "acrhost_rt"; a guest that uses either is refused.
package rewrite
