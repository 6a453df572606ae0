package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

func logs(t *testing.T, open Open) {
	t.Run("audit", func(t *testing.T) { audit(t, open) })
	t.Run("outbox", func(t *testing.T) { outbox(t, open) })
}

func audit(t *testing.T, open Open) {
	s, _ := begin(t, open)
	first := store.Event{At: start.Add(time.Hour), Type: "login.ok", UserID: "u1", Client: "demo", Run: "r", Details: map[string]any{"acr": "2.0", "n": float64(1)}}
	second := store.Event{At: start, Type: "login.failed"}
	for _, e := range []store.Event{first, second} {
		must(t, s.AddEvent(t.Context(), e))
	}
	for limit, want := range map[int][]store.Event{-1: nil, 0: nil, 1: {second}, 2: {second, first}, 3: {second, first}} {
		got, err := s.Events(t.Context(), limit)
		must(t, err)
		equal(t, got, want)
	}
}

func outbox(t *testing.T, open Open) {
	s, _ := begin(t, open)
	message := func(i int) store.Message {
		return store.Message{At: start, To: "+15555550101", Channel: "sms", Text: fmt.Sprintf("code %d", i)}
	}
	const more = 5
	for i := range store.OutboxSize + more {
		must(t, s.AddMessage(t.Context(), message(i)))
	}
	got, err := s.Messages(t.Context(), 2)
	must(t, err)
	equal(t, got, []store.Message{message(store.OutboxSize + more - 1), message(store.OutboxSize + more - 2)})
	got, err = s.Messages(t.Context(), 2*store.OutboxSize)
	must(t, err)
	equal(t, len(got), store.OutboxSize)
	equal(t, got[len(got)-1], message(more))
}
