package main

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// OTP is the code to send or to check.
type OTP struct {
	Channel string  `json:"channel" default:"sms" doc:"The way."`
	Code    *string `json:"code" doc:"The code; none: send one."`
}

// Run sends a code, or checks one.
func (o OTP) Run(ctx *step.Context) step.Result {
	if o.Code == nil {
		return o.send(ctx)
	}
	got, err := capability.VerifyOTP(ctx, o.Channel, *o.Code)
	if err != nil {
		return waitOrFail(err, got.RetryAfter)
	}
	if !got.OK {
		return step.Outcome("failed")
	}
	return step.Outcome("ok")
}

func (o OTP) send(ctx *step.Context) step.Result {
	sent, err := capability.SendOTP(ctx, abi.OTPSend{Channel: o.Channel, Length: 8, TTL: 120, Text: "Your code is {code}."})
	if err != nil {
		return waitOrFail(err, sent.RetryAfter)
	}
	return step.Outcome("ok").WithVar("to", sent.To)
}

func waitOrFail(err error, retryAfter int64) step.Result {
	if step.Status(err) == abi.LimitReached {
		return step.Outcome("wait").WithVar("retry_after", retryAfter)
	}
	return step.Failed(err)
}
