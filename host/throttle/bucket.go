package throttle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// bucket is one counter: where it is kept, and its limit.
type bucket struct {
	by    by
	id    string
	limit limit
}

// change puts in buckets what decide makes of their counters, with nobody in between; one
// that is not there is zero. It gives the versions that were stored, by id.
func (t *Throttle) change(ctx context.Context, buckets []bucket, decide func(at time.Time, now []counter, put func(i int, c counter)) error) (map[string]int64, error) {
	ids := make([]string, len(buckets))
	for i, b := range buckets {
		ids[i] = b.id
	}
	stored, err := t.c.Artifacts.Change(ctx, store.Throttle, ids, func(found []store.Record) ([]store.Record, error) {
		now, err := counters(buckets, found)
		if err != nil {
			return nil, err
		}
		at := t.c.Now()
		var changed []store.Record
		var failed error
		err = decide(at, now, func(i int, c counter) {
			r := found[i]
			if c.Count == 0 {
				c.Since, c.Last = at, at // gone at once
			}
			r.ExpiresAt = buckets[i].limit.expires(c)
			text, err := json.Marshal(c)
			if err != nil {
				failed = fmt.Errorf("encode attempts by %s: %w", buckets[i].by, err)
			}
			r.Data = text
			changed = append(changed, r)
		})
		return changed, errors.Join(err, failed)
	})
	if err != nil {
		return nil, fmt.Errorf("count attempts: %w", err)
	}
	versions := make(map[string]int64, len(stored))
	for _, r := range stored {
		versions[r.ID] = r.Version
	}
	return versions, nil
}

func counters(buckets []bucket, found []store.Record) ([]counter, error) {
	all := make([]counter, len(found))
	for i, r := range found {
		if r.Version == 0 {
			continue
		}
		if err := store.Decode(r.Data, &all[i]); err != nil {
			return nil, fmt.Errorf("decode attempts by %s: %w", buckets[i].by, err)
		}
		all[i].version = r.Version
	}
	return all, nil
}
