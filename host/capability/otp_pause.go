package capability

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// sends counts what a run sent by a channel. It outlives the codes, so that
// neither a used code nor an expired one gives a fresh allowance.
type sends struct {
	Count int       `json:"count"`
	Last  time.Time `json:"last"`
}

// reserveSend takes the right to send one code now, or answers LimitReached. It
// is taken before anything is sent: of callers at the same moment one gets it.
func (c *Call) reserveSend(ctx context.Context, channel string) error {
	id := otpID(c.info.Run, channel) + ":sends"
	record, err := c.set.Artifacts.Get(ctx, store.OneTime, id)
	if errors.Is(err, store.ErrNotFound) {
		record, err = store.Record{Kind: store.OneTime, ID: id, Group: c.info.Run}, nil
	}
	if err != nil {
		return fmt.Errorf("read sends: %w", err)
	}
	now := c.set.Now()
	record.Data, err = countSend(record.Data, now)
	if err != nil {
		return err
	}
	record.ExpiresAt = now.Add(sendsWindow)
	_, err = c.set.Artifacts.Put(ctx, record)
	if errors.Is(err, store.ErrConflict) {
		return limitReached("another code is being sent")
	}
	if err != nil {
		return fmt.Errorf("store sends: %w", err)
	}
	return nil
}

// countSend counts one more, unless it is too soon or too much.
func countSend(data []byte, now time.Time) ([]byte, error) {
	var s sends
	if data != nil {
		if err := json.Unmarshal(data, &s); err != nil {
			return nil, fmt.Errorf("decode sends: %w", err)
		}
	}
	if s.Count >= maxSends {
		return nil, limitReached("too many codes were sent")
	}
	if s.Count > 0 && now.Sub(s.Last) < resendPause {
		return nil, limitReached("too soon after the last code")
	}
	return json.Marshal(sends{Count: s.Count + 1, Last: now.UTC()})
}
