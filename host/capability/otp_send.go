package capability

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// placeholder stands for the code in a message's text.
const placeholder = "{code}"

// otpSend sends the subject a new code, which replaces the one before.
func (c *Call) otpSend(ctx context.Context, q abi.OTPSend) (abi.OTPSent, error) {
	q, err := withDefaults(q)
	if err != nil {
		return abi.OTPSent{}, err
	}
	if !c.info.Interactive {
		// prompt=none must not make a phone ring: nobody could enter the code.
		return abi.OTPSent{}, denied("nothing may reach the user")
	}
	sender, user, err := c.recipient(ctx, q.Channel)
	if err != nil {
		return abi.OTPSent{}, err
	}
	if err := c.reserveSend(ctx, q.Channel, user.Name); err != nil {
		return abi.OTPSent{}, err
	}
	code, err := c.replaceCode(ctx, q, user.ID)
	if err != nil {
		return abi.OTPSent{}, err
	}
	to := address(user, q.Channel)
	err = sender.Send(ctx, deliver.Message{
		Channel: q.Channel, To: to, Subject: "Your sign-in code",
		Text: strings.ReplaceAll(q.Text, placeholder, code),
	})
	if err != nil {
		return abi.OTPSent{}, errors.Join(fmt.Errorf("send code: %w", err), c.dropCode(ctx, q.Channel))
	}
	c.audit(ctx, "otp.sent", user.ID, map[string]any{"channel": q.Channel})
	return abi.OTPSent{To: deliver.Mask(q.Channel, to)}, nil
}

// withDefaults checks the request and fills in what it left out.
func withDefaults(q abi.OTPSend) (abi.OTPSend, error) {
	if q.Length == 0 {
		q.Length = defaultDigits
	}
	if q.TTL == 0 {
		q.TTL = int64(defaultTTL / time.Second)
	}
	if q.Text == "" {
		q.Text = "Your sign-in code is " + placeholder + ". Give it to nobody."
	}
	switch {
	case q.Channel != deliver.SMS && q.Channel != deliver.Email:
		return q, badRequest("the channel is neither sms nor email")
	case q.Length < minDigits || q.Length > maxDigits:
		return q, badRequest("the length is outside its bounds")
	case q.TTL < int64(minTTL/time.Second) || q.TTL > int64(maxTTL/time.Second):
		return q, badRequest("ttl_seconds is outside its bounds")
	case len(q.Text) > maxTextBytes || !strings.Contains(q.Text, placeholder):
		return q, badRequest("the text is too long or has no " + placeholder)
	case strings.ContainsFunc(q.Text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }):
		return q, badRequest("the text has control characters")
	}
	return q, nil
}

// recipient finds who gets the code, and by whom. It is always the subject: a
// guest cannot name an address. Whether the address was verified does not matter
// here: it is the operator's, or one that the user has proved.
func (c *Call) recipient(ctx context.Context, channel string) (deliver.Sender, store.User, error) {
	subject := c.current()
	if subject == nil {
		return nil, store.User{}, badRequest("nobody is identified")
	}
	user, err := c.set.Accounts.User(ctx, subject.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && user.Disabled {
		return nil, store.User{}, notFound("the user is gone")
	}
	if err != nil {
		return nil, store.User{}, fmt.Errorf("read user: %w", err)
	}
	if deliver.CheckAddress(channel, address(user, channel)) != nil {
		return nil, store.User{}, notFound("the user has no address of this channel")
	}
	sender, ok := c.set.Senders[channel]
	if !ok {
		return nil, store.User{}, notFound("no sender is configured for this channel")
	}
	return sender, user, nil
}

func address(u store.User, channel string) string {
	if channel == deliver.SMS {
		return u.Phone
	}
	return u.Email
}

// replaceCode stores a new code in place of the one before.
func (c *Call) replaceCode(ctx context.Context, q abi.OTPSend, userID string) (string, error) {
	code, err := newCode(q.Length)
	if err != nil {
		return "", err
	}
	if err := c.dropCode(ctx, q.Channel); err != nil {
		return "", err
	}
	id := otpID(c.info.Run, q.Channel)
	expires := c.set.Now().Add(time.Duration(q.TTL) * time.Second).UTC()
	record, err := otpRecord(id, c.info.Run, 0, c.set.seal(code, id, userID, expires))
	if err != nil {
		return "", err
	}
	if _, err := c.set.Artifacts.Put(ctx, record); err != nil {
		return "", fmt.Errorf("store one-time code: %w", err)
	}
	return code, nil
}

// dropCode makes the code that is out worthless.
func (c *Call) dropCode(ctx context.Context, channel string) error {
	_, err := c.set.Artifacts.Take(ctx, store.OneTime, otpID(c.info.Run, channel))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("drop one-time code: %w", err)
	}
	return nil
}
