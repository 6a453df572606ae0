// Package stepdefault finds what a step type works with where its configuration says
// nothing: what it may then set or fetch, and what an update may change without a word of
// the operator's.
package stepdefault
