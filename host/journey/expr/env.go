package expr

import (
	"time"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/google/cel-go/common/types"
)

// Env is what an expression may read: the members of a step's input document,
// the SSO session, and the time of the call.
type Env struct {
	Request  abi.Request
	ACR      abi.ACR
	AMR      []string
	Evidence []abi.Evidence
	Subject  *abi.Subject
	Upstream map[string]abi.Upstream
	Device   abi.Device
	Vars     map[string]any
	Journey  abi.Journey
	Session  Session
	Now      time.Time
}

// Session is the SSO session that the login began in.
type Session struct {
	Present   bool
	StartedAt time.Time // zero without a session: null in expressions
}

// bindings are the variables by name. Each is made only when it is read.
func (e Env) bindings() map[string]any {
	return map[string]any{
		"request":  func() any { return requestValue(e.Request) },
		"acr":      func() any { return map[string]any{"current": orNull(e.ACR.Current), "set": e.ACR.Set} },
		"amr":      func() any { return list(e.AMR) },
		"evidence": func() any { return evidenceValue(e.Evidence) },
		"subject":  func() any { return subjectValue(e.Subject) },
		"upstream": func() any { return upstreamValue(e.Upstream) },
		"device":   func() any { return map[string]any{"ip": e.Device.IP, "user_agent": e.Device.UserAgent} },
		"vars":     func() any { return table(e.Vars) },
		"journey":  func() any { return journeyValue(e.Journey) },
		"session":  func() any { return sessionValue(e.Session) },
		"now":      func() any { return e.Now },
	}
}

func requestValue(r abi.Request) map[string]any {
	return map[string]any{
		"client_id": r.ClientID, "acr_values": list(r.ACRValues), "acr_essential": r.ACREssential,
		"scope": list(r.Scope), "prompt": list(r.Prompt), "max_age": orNull(r.MaxAge),
		"login_hint": orNull(r.LoginHint), "ui_locales": list(r.UILocales),
		"authorization_details": detailsValue(r.AuthorizationDetails), "claims": list(r.Claims),
	}
}

func detailsValue(details []map[string]any) []any {
	all := make([]any, 0, len(details))
	for _, d := range details {
		all = append(all, table(d))
	}
	return all
}

func evidenceValue(evidence []abi.Evidence) []any {
	all := make([]any, 0, len(evidence))
	for _, e := range evidence {
		all = append(all, map[string]any{
			"method": e.Method, "amr": list(e.AMR), "at": e.At, "step": e.Step, "fresh": e.Fresh,
		})
	}
	return all
}

func subjectValue(s *abi.Subject) any {
	if s == nil {
		return types.NullValue
	}
	return map[string]any{"id": s.ID, "username": s.Username, "claims": table(s.Claims)}
}

func upstreamValue(upstream map[string]abi.Upstream) map[string]any {
	all := make(map[string]any, len(upstream))
	for name, u := range upstream {
		all[name] = map[string]any{"claims": table(u.Claims), "acr": orNull(u.ACR), "amr": list(u.AMR)}
	}
	return all
}

func journeyValue(j abi.Journey) map[string]any {
	return map[string]any{"name": j.Name, "run": j.Run, "started_at": j.StartedAt, "path": list(j.Path)}
}

func sessionValue(s Session) map[string]any {
	if s.StartedAt.IsZero() {
		return map[string]any{"present": s.Present, "started_at": nil}
	}
	return map[string]any{"present": s.Present, "started_at": s.StartedAt}
}

func orNull[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// list and table stand in for what is absent: an empty list, an empty table.
func list(words []string) []string {
	if words == nil {
		return []string{}
	}
	return words
}

func table(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}
