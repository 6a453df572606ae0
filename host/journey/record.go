package journey

import (
	"encoding/json"
	"time"

	"github.com/acrhost/acrhost/host/record"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// RunRecord is how a run is kept. It has each member of Run, by the same name.
var RunRecord = record.Of(
	record.Text("id", func(r *Run) *string { return &r.ID }),
	record.Text("release", func(r *Run) *string { return &r.Release }),
	record.Text("journey", func(r *Run) *string { return &r.Journey }),
	record.Time("started_at", func(r *Run) *time.Time { return &r.StartedAt }),
	record.Time("deadline", func(r *Run) *time.Time { return &r.Deadline }),
	record.Inside("request", func(r *Run) *abi.Request { return &r.Request }, requestRecord),
	record.Text("raw_acr", func(r *Run) *string { return &r.RawACR }).Optional(),
	record.Bool("interactive", func(r *Run) *bool { return &r.Interactive }),
	record.Inside("device", func(r *Run) *abi.Device { return &r.Device }, deviceRecord),
	record.Inside("session", func(r *Run) *Session { return &r.Session }, sessionRecord),
	record.List("stack", func(r *Run) *[]Frame { return &r.Stack }, frameRecord),
	record.Texts("path", func(r *Run) *[]string { return &r.Path }),
	record.Table("vars", func(r *Run) *map[string]any { return &r.Vars }),
	record.OptionalText("acr", func(r *Run) **string { return &r.ACR }),
	record.Other("trail", func(r *Run) *[]ACRSet { return &r.Trail }),
	record.Pointer("subject", func(r *Run) **abi.Subject { return &r.Subject }, subjectRecord),
	record.Other("evidence", func(r *Run) *[]Evidence { return &r.Evid }),
	record.Table("claims", func(r *Run) *map[string]any { return &r.Claims }),
	record.Texts("amr", func(r *Run) *[]string { return &r.AMR }),
	record.Other("upstream", func(r *Run) *map[string]abi.Upstream { return &r.Up }),
	record.Int("calls", func(r *Run) *int { return &r.Calls }),
	record.Texts("modules", func(r *Run) *[]string { return &r.Modules }).Optional(),
	record.Texts("anew", func(r *Run) *[]string { return &r.Anew }).Optional(),
	record.Other("violations", func(r *Run) *[]Violation { return &r.Violations }).Optional(),
	record.Bool("consented", func(r *Run) *bool { return &r.Consented }).Optional(),
	record.Pointer("prompt", func(r *Run) **abi.Prompt { return &r.Prompt }, promptRecord).Optional(),
	record.Text("redirect", func(r *Run) *string { return &r.Redirect }).Optional(),
	record.Pointer("end", func(r *Run) **End { return &r.End }, endRecord).Optional(),
)

var sessionRecord = record.Of(
	record.Bool("present", func(s *Session) *bool { return &s.Present }),
	record.Time("started_at", func(s *Session) *time.Time { return &s.StartedAt }).Optional(),
)

var frameRecord = record.Of(
	record.Text("journey", func(f *Frame) *string { return &f.Journey }),
	record.Text("step", func(f *Frame) *string { return &f.Step }),
	record.Counts("visits", func(f *Frame) *map[string]int { return &f.Visits }),
	record.Raw("state", func(f *Frame) *json.RawMessage { return &f.State }).Optional(),
	record.Time("deadline", func(f *Frame) *time.Time { return &f.Deadline }).Optional(),
)

var endRecord = record.Of(
	record.Text("terminal", func(e *End) *string { return &e.Terminal }),
	record.Text("code", func(e *End) *string { return &e.Code }).Optional(),
	record.Text("reason", func(e *End) *string { return &e.Reason }).Optional(),
	record.Bool("refused", func(e *End) *bool { return &e.Refused }).Optional(),
	record.Bool("consent", func(e *End) *bool { return &e.Consent }).Optional(),
)

var requestRecord = record.Of(
	record.Text("client_id", func(r *abi.Request) *string { return &r.ClientID }),
	record.Texts("acr_values", func(r *abi.Request) *[]string { return &r.ACRValues }),
	record.Bool("acr_essential", func(r *abi.Request) *bool { return &r.ACREssential }),
	record.Texts("scope", func(r *abi.Request) *[]string { return &r.Scope }),
	record.Texts("prompt", func(r *abi.Request) *[]string { return &r.Prompt }),
	record.Other("max_age", func(r *abi.Request) **int64 { return &r.MaxAge }).Optional(),
	record.OptionalText("login_hint", func(r *abi.Request) **string { return &r.LoginHint }),
	record.Texts("ui_locales", func(r *abi.Request) *[]string { return &r.UILocales }),
	record.Other("authorization_details", func(r *abi.Request) *[]map[string]any { return &r.AuthorizationDetails }).Optional(),
	record.Texts("claims", func(r *abi.Request) *[]string { return &r.Claims }).Optional(),
)

var deviceRecord = record.Of(
	record.Text("ip", func(d *abi.Device) *string { return &d.IP }),
	record.Text("user_agent", func(d *abi.Device) *string { return &d.UserAgent }),
)

var subjectRecord = record.Of(
	record.Text("id", func(s *abi.Subject) *string { return &s.ID }),
	record.Text("username", func(s *abi.Subject) *string { return &s.Username }),
	record.Table("claims", func(s *abi.Subject) *map[string]any { return &s.Claims }),
)

var promptRecord = record.Of(
	record.Text("title", func(p *abi.Prompt) *string { return &p.Title }).Optional(),
	record.Text("text", func(p *abi.Prompt) *string { return &p.Text }).Optional(),
	record.Text("error", func(p *abi.Prompt) *string { return &p.Error }).Optional(),
	record.List("fields", func(p *abi.Prompt) *[]abi.Field { return &p.Fields }, fieldRecord).Optional(),
	record.List("actions", func(p *abi.Prompt) *[]abi.Action { return &p.Actions }, actionRecord).Optional(),
)

var fieldRecord = record.Of(
	record.Text("name", func(f *abi.Field) *string { return &f.Name }),
	record.Text("type", func(f *abi.Field) *abi.FieldType { return &f.Type }),
	record.Text("label", func(f *abi.Field) *string { return &f.Label }).Optional(),
	record.Text("hint", func(f *abi.Field) *string { return &f.Hint }).Optional(),
	record.Text("error", func(f *abi.Field) *string { return &f.Error }).Optional(),
	record.Text("value", func(f *abi.Field) *string { return &f.Value }).Optional(),
	record.Bool("required", func(f *abi.Field) *bool { return &f.Required }).Optional(),
	record.Bool("read_only", func(f *abi.Field) *bool { return &f.ReadOnly }).Optional(),
	record.Other("options", func(f *abi.Field) *[]abi.Option { return &f.Options }).Optional(),
)

var actionRecord = record.Of(
	record.Text("name", func(a *abi.Action) *string { return &a.Name }),
	record.Text("label", func(a *abi.Action) *string { return &a.Label }).Optional(),
)
