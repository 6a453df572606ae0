// Package upstream is the step type upstream: sign in at another OpenID Provider.
package upstream

import (
	"slices"
	"strings"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of a login at another provider.
type Step struct {
	Provider  string        `json:"provider" schema:"required" pattern:"^[a-z0-9-]{1,32}$" doc:"The name of the provider, as in [upstream.NAME]."`
	ACRValues []string      `json:"acr_values" doc:"What the provider is asked for; absent: what the client asked for. Sent only where the provider's pass_acr_values is true."`
	Prompt    string        `json:"prompt" enum:"login,consent,select_account" doc:"What the provider is to ask whatever it knows, beside login and select_account where the client asked for them."`
	MaxAge    step.Duration `json:"max_age" doc:"A login there that is no older than this is not asked for again; absent: as long as the session's evidence counts."`
	Always    bool          `json:"always" doc:"Go there whatever was checked before."`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("upstream", step.Description{
		Title:        "Sign in at another OpenID Provider",
		Outcomes:     []string{"ok", "failed", "cancelled"},
		Writes:       abi.Writes{ACR: []string{"*"}}, // of the provider's configuration, which is the host's
		Capabilities: []string{"upstream_begin", "upstream_finish"},
	})
}

// Run passes without going anywhere when a login at this provider still counts.
func (s Step) Run(ctx *step.Context) step.Result {
	switch {
	case ctx.Form != nil:
		return finish(ctx)
	case !s.Always && ctx.Proved("upstream:"+s.Provider, s.MaxAge):
		return signedIn(ctx.Upstream[s.Provider].ACR)
	}
	return s.begin(ctx)
}

func (s Step) begin(ctx *step.Context) step.Result {
	request := abi.UpstreamBegin{Provider: s.Provider, ACRValues: s.ACRValues, Prompt: s.prompt(ctx.Request.Prompt), MaxAge: s.maxAge(ctx.Request.MaxAge)}
	if request.ACRValues == nil {
		request.ACRValues = ctx.Request.ACRValues
	}
	if ctx.Request.LoginHint != nil {
		request.LoginHint = *ctx.Request.LoginHint
	}
	begun, err := capability.BeginUpstream(ctx, request)
	switch step.Status(err) {
	case abi.OK:
		return step.Redirect(begun.URL)
	case abi.UpstreamFault:
		return step.Outcome("failed")
	}
	return step.Failed(err)
}

// prompt is what the step asks for, and what the client does that is meant for whoever
// knows the user. The client's consent is none of the provider's business, and none is the
// host's.
func (s Step) prompt(asked []string) string {
	var prompts []string
	for _, p := range []string{"login", "select_account", "consent"} {
		if s.Prompt == p || p != "consent" && slices.Contains(asked, p) {
			prompts = append(prompts, p)
		}
	}
	return strings.Join(prompts, " ")
}

// maxAge is the smaller of what the client asks for and what the step does.
func (s Step) maxAge(asked *int64) *int64 {
	if s.MaxAge == 0 || asked != nil && *asked <= s.MaxAge.Seconds() {
		return asked
	}
	return new(s.MaxAge.Seconds())
}

func finish(ctx *step.Context) step.Result {
	done, err := capability.FinishUpstream(ctx)
	switch status := step.Status(err); {
	case status == abi.NotFound, status == abi.UpstreamFault:
		return step.Outcome("failed")
	case err != nil:
		return step.Failed(err)
	case done.OK:
		return signedIn(done.ACR)
	case !ctx.Call.Interactive && wantsToAsk(done.Error):
		// To ask is what prompt=none forbids: the host answers the client so.
		return step.Ask(abi.Prompt{Title: "Sign in"})
	case done.Error == "access_denied":
		return step.Outcome("cancelled")
	}
	return step.Outcome("failed")
}

// wantsToAsk says whether the provider could not go on without a page (OpenID Connect
// Core 3.1.2.6).
func wantsToAsk(code string) bool {
	return slices.Contains([]string{"login_required", "interaction_required", "consent_required", "account_selection_required"}, code)
}

// signedIn sets what the provider's login is worth. A later step may set another value.
func signedIn(acr *string) step.Result {
	if acr == nil {
		return step.Outcome("ok")
	}
	return step.Outcome("ok").WithACR(*acr)
}
