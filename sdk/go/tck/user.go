package main

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// User is who is there, by name and password.
type User struct {
	Username string `json:"username" schema:"required" doc:"Who."`
	Password string `json:"password" schema:"required" doc:"The password."`
}

// Run identifies the user, checks the password, and tells the factors.
func (u User) Run(ctx *step.Context) step.Result {
	subject, err := capability.IdentifyUser(ctx, u.Username)
	if step.Status(err) == abi.NotFound {
		return step.Outcome("unknown")
	}
	if err != nil {
		return step.Failed(err)
	}
	verified, err := capability.VerifyPassword(ctx, "", u.Password)
	if err != nil {
		return step.Failed(err)
	}
	if !verified.OK {
		return step.Outcome("failed")
	}
	factors, err := capability.UserFactors(ctx)
	if err != nil {
		return step.Failed(err)
	}
	return step.Outcome("ok").WithVar("subject", subject).WithVar("factors", factors)
}
