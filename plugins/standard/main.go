// Command standard is the plugin standard: the step types that come with acrhost,
// in one WebAssembly module.
package main

import (
	"github.com/acrhost/acrhost/plugins/choice"
	"github.com/acrhost/acrhost/plugins/condition"
	"github.com/acrhost/acrhost/plugins/consent"
	"github.com/acrhost/acrhost/plugins/deny"
	"github.com/acrhost/acrhost/plugins/display"
	"github.com/acrhost/acrhost/plugins/enroll"
	"github.com/acrhost/acrhost/plugins/httpcall"
	"github.com/acrhost/acrhost/plugins/identify"
	"github.com/acrhost/acrhost/plugins/mapclaims"
	"github.com/acrhost/acrhost/plugins/otp"
	"github.com/acrhost/acrhost/plugins/passkey"
	"github.com/acrhost/acrhost/plugins/password"
	"github.com/acrhost/acrhost/plugins/recoverycode"
	"github.com/acrhost/acrhost/plugins/requireacr"
	"github.com/acrhost/acrhost/plugins/selectacr"
	"github.com/acrhost/acrhost/plugins/setacr"
	"github.com/acrhost/acrhost/plugins/setvars"
	"github.com/acrhost/acrhost/plugins/totp"
	"github.com/acrhost/acrhost/plugins/upstream"
	"github.com/acrhost/acrhost/sdk/go/step"
)

var module = step.Module{
	Name: "io.acrhost.standard", Version: "0.1.0", ABIMin: "1.0",
	Title: "Standard steps", Vendor: "acrhost", License: "Apache-2.0",
	SnapshotSafe: true, // a test sees to it that no step can draw numbers at the start
	Steps: []step.Type{
		choice.Type(), condition.Type(), consent.Type(), deny.Type(), display.Type(), enroll.Type(), httpcall.Type(),
		identify.Type(), mapclaims.Type(), otp.Type(), passkey.Type(), password.Type(), recoverycode.Type(),
		requireacr.Type(), selectacr.Type(), setacr.Type(), setvars.Type(), totp.Type(), upstream.Type(),
	},
}

//go:wasmexport acrhost_step_v1
func run() int32 { return module.Step() }

//go:wasmexport acrhost_describe_v1
func describe() int32 { return module.Describe() }

func main() { module.Main() }
