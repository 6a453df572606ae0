//go:build race

package main

// raceDetector makes compiling a module about thirty times slower.
const raceDetector = true
