package plugin

import (
	"encoding/binary"
	"math"
	"time"
)

// Sizes and tags of WASI preview 1's subscriptions and events.
const (
	subscriptionSize = 48
	eventSize        = 32
	maxSubscriptions = 1024
	tagClock         = 0
	clockAbsolute    = 1
	subscriptionWork = 128 // what each counts, in instructions: to look at a clock takes longer than most
)

// subscription is one thing that a guest waits for.
type subscription struct {
	user  uint64
	tag   byte
	errno uint16
	due   int64 // of a clock: nanoseconds from now; of a stream 0
}

// pollOneoff waits until a clock is due. The streams are always ready. It sleeps no
// longer than the call has time.
func pollOneoff(in *invocation, s []uint64) uint64 {
	n := uint64(uint32(s[2]))
	if n == 0 || n > maxSubscriptions {
		return wasiInval
	}
	in.worked += int64(n) * subscriptionWork
	subs := make([]subscription, n)
	next := int64(math.MaxInt64)
	for i, raw := 0, in.bytes(s[0], n*subscriptionSize); i < len(subs); i++ {
		subs[i] = in.subscription(raw[i*subscriptionSize:])
		next = min(next, subs[i].due)
	}
	in.sleep(time.Duration(next))
	events := in.buffer(s[1], n*eventSize)
	count := uint32(0)
	for _, sub := range subs {
		if sub.due > next {
			continue
		}
		sub.event(events[count*eventSize:])
		count++
	}
	in.putU32(s[3], count)
	return wasiOK
}

func (in *invocation) subscription(b []byte) subscription {
	sub := subscription{user: binary.LittleEndian.Uint64(b), tag: b[8]}
	id := binary.LittleEndian.Uint32(b[16:]) // the clock, or the stream
	if sub.tag != tagClock {
		if id > stderr {
			sub.errno = wasiBadF
		}
		return sub
	}
	now, ok := in.clock(id)
	if !ok {
		sub.errno = wasiInval
		return sub
	}
	due := binary.LittleEndian.Uint64(b[24:])
	if binary.LittleEndian.Uint16(b[40:])&clockAbsolute != 0 {
		due -= min(due, uint64(now))
	}
	sub.due = int64(min(due, math.MaxInt64))
	return sub
}

// event writes that the subscription happened.
func (s subscription) event(to []byte) {
	clear(to[:eventSize])
	binary.LittleEndian.PutUint64(to, s.user)
	binary.LittleEndian.PutUint16(to[8:], s.errno)
	to[10] = s.tag
}

// sleep waits for d, and ends the call when its time is over before.
func (in *invocation) sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	if in.most > 0 {
		in.worked += instructions(min(d, in.limits.Timeout))
		in.checkTime()
	}
	timer := time.NewTimer(min(d, in.allowed-in.elapsed()+time.Microsecond))
	defer timer.Stop()
	in.beforeWaiting()
	in.turn.lend(func() {
		select {
		case <-timer.C:
		case <-in.ctx.Done():
		}
	})
	in.checkTime()
}
