package throttle_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/acrhost/acrhost/host/throttle"
)

// name is a question whether somebody has a name, from one address.
func name(i int) throttle.Attempt {
	a := alice("192.0.2.1")
	a.Kind, a.Account = throttle.Identify, fmt.Sprintf("name%d", i)
	return a
}

// Names that are known are told, and leave nothing behind, until too many that are not
// known were asked for: then nothing is told of any.
func TestJudge(t *testing.T) {
	r := newRig(t)
	for i := range 300 {
		if _, err := r.Judge(t.Context(), name(i), true); err != nil {
			t.Fatalf("known name %d: %v", i, err)
		}
	}
	if len(r.store.put) != 0 {
		t.Errorf("%d records were written for names that are known", len(r.store.put))
	}
	told := 0
	for i := range 300 {
		if _, err := r.Judge(t.Context(), name(1000+i), false); err != nil {
			break
		}
		told++
	}
	if begun := newRig(t).guesses(300, name); told != begun || told == 300 {
		t.Errorf("%d unknown names were told, and %d are by Begin", told, begun)
	}
	written := len(r.store.put)
	for _, ok := range []bool{true, false} {
		if _, err := r.Judge(t.Context(), name(5000), ok); err == nil {
			t.Errorf("another name is told, known %v", ok)
		}
	}
	if len(r.store.put) != written {
		t.Error("a refusal was written")
	}
}

// Many at the same moment are told no more than many one after the other.
func TestJudgeAtOnce(t *testing.T) {
	r := newRig(t)
	var told atomic.Int64
	var all sync.WaitGroup
	for i := range 400 {
		all.Go(func() {
			if _, err := r.Judge(t.Context(), name(i), false); err == nil {
				told.Add(1)
			}
		})
	}
	all.Wait()
	if one := newRig(t).guesses(400, name); int(told.Load()) != one {
		t.Errorf("%d were told at once, %d are one after the other", told.Load(), one)
	}
}
