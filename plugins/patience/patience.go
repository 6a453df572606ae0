// Package patience has the words for users who must wait, the same in all steps.
package patience

import "strconv"

// TooManyTries tells a user that nothing was compared, and when to come back.
// seconds is what the host said; 0: it did not say.
func TooManyTries(seconds int64) string {
	return "Too many tries. Please wait " + For(seconds) + "."
}

// For is a time in words. It is rounded up, so that who waits that long has waited
// long enough.
func For(seconds int64) string {
	const minute, hour = 60, 60 * 60
	switch {
	case seconds <= 0:
		return "a moment"
	case seconds < 2*minute:
		return count(seconds, "second")
	case seconds < 2*hour:
		return count((seconds+minute-1)/minute, "minute")
	}
	return count((seconds+hour-1)/hour, "hour")
}

func count(n int64, unit string) string {
	if n != 1 {
		unit += "s"
	}
	return strconv.FormatInt(n, 10) + " " + unit
}
