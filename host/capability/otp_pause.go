package capability

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/throttle"
)

// sends counts what a run sent by a channel. It outlives the codes, so that
// neither a used code nor an expired one gives a fresh allowance.
type sends struct {
	Count int       `json:"count"`
	Last  time.Time `json:"last"`
}

// reserveSend takes the right to send one code now, or answers LimitReached. It
// is taken before anything is sent: of callers at the same moment one gets it. What
// the run's own bounds refuse does not count against the account, and what the
// account's refuse not against the run.
func (c *Call) reserveSend(ctx context.Context, channel, username string) error {
	record, err := c.nextSend(ctx, channel)
	if err != nil {
		return err
	}
	counted, err := c.begin(ctx, throttle.Send, username)
	if err != nil {
		return err
	}
	_, err = c.set.Artifacts.Put(ctx, record)
	if errors.Is(err, store.ErrConflict) {
		if err := counted.Undo(ctx); err != nil {
			return fmt.Errorf("undo a send: %w", err)
		}
		return later("another code is being sent", resendPause)
	}
	if err != nil {
		return fmt.Errorf("store sends: %w", err)
	}
	return c.settle(ctx, throttle.Send, counted, false)
}

// nextSend is the run's record with one send more, to be stored, or LimitReached.
func (c *Call) nextSend(ctx context.Context, channel string) (store.Record, error) {
	id := otpID(c.info.Run, channel) + ":sends"
	record, err := c.set.Artifacts.Get(ctx, store.OneTime, id)
	if errors.Is(err, store.ErrNotFound) {
		record, err = store.Record{Kind: store.OneTime, ID: id, Group: c.info.Run}, nil
	}
	if err != nil {
		return store.Record{}, fmt.Errorf("read sends: %w", err)
	}
	now := c.set.Now()
	record.Data, err = countSend(record.Data, now)
	record.ExpiresAt = now.Add(sendsWindow)
	return record, err
}

// countSend counts one more, unless it is too soon or too much.
func countSend(data []byte, now time.Time) ([]byte, error) {
	var s sends
	if data != nil {
		if err := json.Unmarshal(data, &s); err != nil {
			return nil, fmt.Errorf("decode sends: %w", err)
		}
	}
	since := now.Sub(s.Last)
	if s.Count >= maxSends {
		return nil, later("too many codes were sent", sendsWindow-since)
	}
	if s.Count > 0 && since < resendPause {
		return nil, later("too soon after the last code", resendPause-since)
	}
	return json.Marshal(sends{Count: s.Count + 1, Last: now.UTC()})
}
