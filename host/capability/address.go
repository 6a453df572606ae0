package capability

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/throttle"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// addressEnroll sends a code to an address that the subject wants to add. It is the
// only capability by which a guest names an address: what was verified must be enough
// to change factors, and sends are counted as those of otp_send are.
func (c *Call) addressEnroll(ctx context.Context, q abi.AddressEnroll) (abi.OTPSent, error) {
	id, err := c.subjectID()
	if err != nil {
		return abi.OTPSent{}, err
	}
	username := c.current().Username
	if q.Channel != deliver.SMS && q.Channel != deliver.Email {
		return abi.OTPSent{}, badRequest("the channel is neither sms nor email")
	}
	if !c.info.Interactive {
		return abi.OTPSent{}, denied("nothing may reach the user")
	}
	channel := enrolling(q.Channel)
	// In this order: no code that went to another address may confirm this one.
	if err := c.dropCode(ctx, channel); err != nil {
		return abi.OTPSent{}, err
	}
	if err := c.set.Factors.BeginAddress(ctx, c.info.Run, id, q.Channel, q.Address, c.facts()); err != nil {
		return abi.OTPSent{}, refusedFactor(err)
	}
	if err := c.reserveSend(ctx, channel, username); err != nil {
		return abi.OTPSent{}, err
	}
	return c.sendToNew(ctx, q, id)
}

// enrolling is the channel under which the codes of an address that is being added are
// kept, apart from those of the address that counts.
func enrolling(channel string) string { return "enroll-" + channel }

func (c *Call) sendToNew(ctx context.Context, q abi.AddressEnroll, userID string) (abi.OTPSent, error) {
	request, err := withDefaults(abi.OTPSend{Channel: q.Channel})
	if err != nil {
		return abi.OTPSent{}, err
	}
	text := request.Text
	request.Channel = enrolling(q.Channel)
	code, err := c.replaceCode(ctx, request, boundTo(userID, q.Address))
	if err != nil {
		return abi.OTPSent{}, err
	}
	err = c.set.Senders[q.Channel].Send(ctx, deliver.Message{
		Channel: q.Channel, To: q.Address, Subject: "Your confirmation code", Text: strings.ReplaceAll(text, placeholder, code),
	})
	if err != nil {
		return abi.OTPSent{}, errors.Join(fmt.Errorf("send code: %w", err), c.dropCode(ctx, request.Channel))
	}
	c.audit(ctx, "otp.sent", userID, map[string]any{"channel": q.Channel, "enroll": true})
	return abi.OTPSent{To: deliver.Mask(q.Channel, q.Address)}, nil
}

// boundTo names whom a code is for when it goes to an address that is not theirs yet.
func boundTo(userID, address string) string { return userID + " " + address }

// addressConfirm gives the subject the address whose code was typed in.
func (c *Call) addressConfirm(ctx context.Context, q abi.OTPVerify) (abi.Verified, error) {
	id, err := c.subjectID()
	if err != nil {
		return abi.Verified{}, err
	}
	if q.Channel != deliver.SMS && q.Channel != deliver.Email {
		return abi.Verified{}, badRequest("the channel is neither sms nor email")
	}
	address, err := c.set.Factors.PendingAddress(ctx, c.info.Run, id, q.Channel)
	if err != nil {
		return abi.Verified{}, refusedFactor(err)
	}
	settle, err := c.attempt(ctx, throttle.Code, c.current().Username)
	if err != nil {
		return abi.Verified{}, err
	}
	right, err := c.spendCode(ctx, otpID(c.info.Run, enrolling(q.Channel)), boundTo(id, address), typedCode(q.Code))
	if err != nil {
		return abi.Verified{}, err
	}
	if err := settle(ctx, right); err != nil || !right {
		return abi.Verified{}, err
	}
	method := "email"
	if q.Channel == deliver.SMS {
		method = "sms"
	}
	proof, err := c.set.Factors.FinishAddress(ctx, c.info.Run, id, q.Channel, address, c.facts())
	ok, err := c.proved(ctx, method, proof, err)
	return abi.Verified{OK: ok}, err
}
