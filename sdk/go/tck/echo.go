package main

import (
	"encoding/json"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Echo has no configuration.
type Echo struct{}

// Run tells what was read, from the SDK's types.
func (Echo) Run(ctx *step.Context) step.Result {
	return step.Outcome("ok").
		WithVar("abi", ctx.ABI).
		WithVar("call", map[string]any{
			"id": ctx.Call.ID, "type": ctx.Call.Type, "step": ctx.Call.Step, "attempt": ctx.Call.Attempt,
			"now": ctx.Call.Now.UnixMilli(), "interactive": ctx.Call.Interactive,
		}).
		WithVar("journey", map[string]any{
			"name": ctx.Journey.Name, "run": ctx.Journey.Run, "started_at": ctx.Journey.StartedAt.UnixMilli(), "path": ctx.Journey.Path,
		}).
		WithVar("request", request(ctx.Request)).
		WithVar("acr", ctx.ACR).
		WithVar("amr", ctx.AMR).
		WithVar("evidence", evidence(ctx.Evidence)).
		WithVar("subject", ctx.Subject).
		WithVar("upstream", upstreams(ctx.Upstream)).
		WithVar("device", ctx.Device).
		WithVar("vars", ctx.Vars).
		WithVar("form", ctx.Form).
		WithVar("action", ctx.Action).
		WithVar("state", state(ctx.State))
}

func request(r abi.Request) map[string]any {
	details := r.AuthorizationDetails
	if details == nil {
		details = []map[string]any{}
	}
	return map[string]any{
		"client_id": r.ClientID, "acr_values": r.ACRValues, "acr_essential": r.ACREssential, "scope": r.Scope, "prompt": r.Prompt,
		"max_age": r.MaxAge, "login_hint": r.LoginHint, "ui_locales": r.UILocales, "authorization_details": details,
	}
}

func evidence(list []abi.Evidence) []any {
	shown := make([]any, 0, len(list))
	for _, e := range list {
		shown = append(shown, map[string]any{
			"method": e.Method, "amr": e.AMR, "at": e.At.UnixMilli(), "step": e.Step, "fresh": e.Fresh,
		})
	}
	return shown
}

func upstreams(all map[string]abi.Upstream) map[string]any {
	shown := map[string]any{}
	for name, u := range all {
		shown[name] = upstream(u.Claims, u.ACR, u.AMR)
	}
	return shown
}

func upstream(claims map[string]any, acr *string, amr []string) map[string]any {
	if claims == nil {
		claims = map[string]any{}
	}
	if amr == nil {
		amr = []string{}
	}
	return map[string]any{"claims": claims, "acr": acr, "amr": amr}
}

func state(raw json.RawMessage) any {
	if len(raw) == 0 {
		return nil
	}
	return raw
}
