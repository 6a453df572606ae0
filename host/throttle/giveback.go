package throttle

import (
	"context"
	"slices"
	"time"
)

// GiveBack takes one attempt back that was counted on an account at an address, in a browser
// which the account does not know: who signs in often from one place has more attempts there.
// The account as a whole and the address keep it, or who answers messages to a number that
// earns by them could have as many as they have addresses. So does a browser that the account
// knows, which is counted by itself.
func (t *Throttle) GiveBack(ctx context.Context, a Attempt) error {
	plan, err := t.plan(ctx, a)
	if err != nil {
		return err
	}
	plan = slices.DeleteFunc(plan, func(b bucket) bool { return b.by != byPlace })
	_, err = t.change(ctx, plan, func(_ time.Time, now []counter, put func(int, counter)) error {
		for i, b := range plan {
			if now[i].Count > 0 {
				put(i, b.limit.minus(now[i], 1))
			}
		}
		return nil
	})
	return err
}
