//go:build race

package plugin_test

// raceDetector makes everything about ten times slower.
const raceDetector = true
