package patience_test

import (
	"testing"

	"github.com/acrhost/acrhost/plugins/patience"
)

func TestFor(t *testing.T) {
	for seconds, want := range map[int64]string{
		-1: "a moment", 0: "a moment", 1: "1 second", 30: "30 seconds", 119: "119 seconds",
		120: "2 minutes", 121: "3 minutes", 3600: "60 minutes", 7199: "120 minutes", 7200: "2 hours", 7201: "3 hours", 86400: "24 hours",
	} {
		if got := patience.For(seconds); got != want {
			t.Errorf("%d: %q, want %q", seconds, got, want)
		}
	}
	if got := patience.TooManyTries(30); got != "Too many tries. Please wait 30 seconds." {
		t.Errorf("got %q", got)
	}
}
