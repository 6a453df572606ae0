package throttle

import (
	"context"
	"slices"
	"time"
)

// GiveBack takes one attempt back that was counted on an account in a browser which it does
// not know. The address keeps it: one that signs in many accounts, or one account again and
// again, has no more attempts than before, and neither has a browser that the account knows,
// which is not counted by its address.
func (t *Throttle) GiveBack(ctx context.Context, a Attempt) error {
	plan, err := t.plan(ctx, a)
	if err != nil {
		return err
	}
	plan = slices.DeleteFunc(plan, func(b bucket) bool { return b.by != byPlace && b.by != byAccount })
	_, err = t.change(ctx, plan, func(_ time.Time, now []counter, put func(int, counter)) error {
		for i, b := range plan {
			// What was beyond the address's share of the account was not counted there.
			beyond := b.by == byAccount && i > 0 && now[0].Count > plan[0].limit.free
			if now[i].Count > 0 && !beyond {
				put(i, b.limit.minus(now[i], 1))
			}
		}
		return nil
	})
	return err
}
