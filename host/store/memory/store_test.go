package memory_test

import (
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
	"github.com/acrhost/acrhost/host/store/storetest"
)

func TestLaw(t *testing.T) {
	storetest.Run(t, func(_ *testing.T, now func() time.Time) store.Store { return memory.NewWithClock(now) })
}
