//go:build race

package host_test

// raceDetector says that times mean nothing.
const raceDetector = true
