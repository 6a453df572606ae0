package figures_test

import (
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/figures"
)

// TestRunDelay holds that it counts from one moment on and never back.
func TestRunDelay(t *testing.T) {
	before := figures.RunDelay()
	time.Sleep(time.Millisecond)
	if after := figures.RunDelay(); before < 0 || after < before {
		t.Errorf("%v, then %v", before, after)
	}
}
