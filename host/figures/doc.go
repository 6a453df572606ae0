// Package figures prints what was measured: a table, and the machine it was measured on;
// and tells whether others wanted that machine meanwhile.
//
// It is for the benchmarks host/bench and host/plugin/bench. Each of those is a module of its
// own, so that neither has the other's peers among its dependencies; what they share is here,
// in the module that both have, and needs the standard library alone.
package figures
