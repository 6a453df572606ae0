// Command tck is the guest by which the conformance kit looks at the Go SDK, as
// sdk/tck/README.md specifies it: each step type is in the file of its name.
package main

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

var anyVariable = abi.Writes{Vars: []string{"*"}}

var module = step.Module{
	Name: "com.example.tck", Version: "1.0.0", Title: "Conformance kit", SnapshotSafe: true,
	Steps: []step.Type{
		step.Define[Echo]("echo", step.Description{
			Title: "Tell what was read", Outcomes: []string{"ok"}, Writes: anyVariable,
			Reads: []string{"subject.claims", "upstream", "device", "vars"},
		}),
		step.Define[Config]("config", step.Description{Title: "Tell the configuration", Outcomes: []string{"ok"}, Writes: anyVariable}),
		step.Define[Outcome]("outcome", step.Description{
			Title: "Give what is configured", Outcomes: []string{"ok", "other"},
			Writes: abi.Writes{
				Vars: []string{"*"}, ACR: []string{"*"}, AMR: []string{"face", "hwk"},
				Claims: []string{"department"}, Evidence: []string{"face"}, Subject: true,
			},
		}),
		step.Define[Prompt]("prompt", step.Description{
			Title: "Ask", Outcomes: []string{"ok"}, Writes: abi.Writes{Vars: []string{"form", "action", "round", "note", "otp"}},
		}),
		step.Define[Redirect]("redirect", step.Description{
			Title: "Send away", Outcomes: []string{"ok", "failed"}, Writes: anyVariable,
			Capabilities: []string{"upstream_begin", "upstream_finish"},
		}),
		step.Define[Fetch]("fetch", step.Description{
			Title: "Fetch", Outcomes: []string{"ok", "refused"}, Writes: anyVariable, Capabilities: []string{"http_fetch"},
			Fetches: []string{"* config/url"},
		}),
		step.Define[OTP]("otp", step.Description{
			Title: "Send and check a code", Outcomes: []string{"ok", "failed", "wait"}, Writes: anyVariable,
			Capabilities: []string{"otp_send", "otp_verify"},
		}),
		step.Define[User]("user", step.Description{
			Title: "Identify", Outcomes: []string{"ok", "failed", "unknown"}, Writes: anyVariable,
			Capabilities: []string{"user_identify", "password_verify", "user_factors"},
		}),
		step.Define[Factor]("factor", step.Description{
			Title: "Call another capability", Outcomes: []string{"ok", "refused"}, Writes: anyVariable,
			Capabilities: []string{
				"password_verify", "password_set", "passkey_login_options", "passkey_login", "passkey_register_options", "passkey_register",
				"totp_verify", "totp_enroll", "totp_confirm", "recovery_verify", "recovery_generate", "recovery_confirm",
				"address_enroll", "address_confirm", "consent_check", "consent_give",
			},
		}),
		step.Define[Fail]("fail", step.Description{Title: "Go wrong", Outcomes: []string{"ok"}}),
		step.Define[Log]("log", step.Description{Title: "Log", Outcomes: []string{"ok"}, Writes: anyVariable}),
		step.Define[Size]("size", step.Description{Title: "Read and write much", Outcomes: []string{"ok"}, Writes: anyVariable}),
	},
}

//go:wasmexport acrhost_step_v1
func run() int32 { return module.Step() }

//go:wasmexport acrhost_describe_v1
func describe() int32 { return module.Describe() }

func main() { module.Main() }
