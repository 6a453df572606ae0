package deliver

import (
	"context"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// Outbox keeps messages for the demo to show instead of sending them.
type Outbox struct {
	Store store.Outbox
	Now   func() time.Time
}

// Send stores the message.
func (o *Outbox) Send(ctx context.Context, m Message) error {
	err := o.Store.AddMessage(ctx, store.Message{At: o.Now().UTC(), To: m.To, Channel: m.Channel, Text: m.Text})
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}
