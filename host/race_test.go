//go:build race

package host_test

// raceDetector makes everything about ten times slower.
const raceDetector = true
