package deliver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/store"
)

// The channels that a message can take.
const (
	SMS   = "sms"
	Email = "email"
)

// timeout bounds one delivery: a person waits for it.
const timeout = 10 * time.Second

// Message is what a person gets. Its text holds a secret: it never goes into a
// log or an error.
type Message struct {
	Channel string // SMS or Email
	To      string // an E.164 number or a mail address
	Subject string // of mail
	Text    string
}

// Sender hands a message on. That it returns nil means that someone took the
// message, not that it arrived.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// New makes the sender that the configuration names. The outbox is where the type
// outbox leaves its messages; now stamps them.
func New(c config.Sender, outbox store.Outbox, now func() time.Time) (Sender, error) {
	switch c.Type {
	case "outbox":
		return &Outbox{Store: outbox, Now: now}, nil
	case "smtp":
		return newSMTP(c, now)
	case "http":
		return newGateway(c)
	}
	return nil, fmt.Errorf("sender type %q: it is none of outbox, smtp and http", c.Type)
}

// All makes the senders of a configuration by channel. A channel without a type
// has none: nothing is sent by it.
func All(c config.Messages, outbox store.Outbox, now func() time.Time) (map[string]Sender, error) {
	senders := map[string]Sender{}
	var faults []error
	for channel, settings := range map[string]config.Sender{SMS: c.SMS, Email: c.Email} {
		if settings.Type == "" {
			continue
		}
		sender, err := New(settings, outbox, now)
		if err != nil {
			faults = append(faults, fmt.Errorf("messages.%s: %w", channel, err))
			continue
		}
		senders[channel] = sender
	}
	return senders, errors.Join(faults...)
}
