package login

import (
	"encoding/json"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/record"
)

// stateRecord is how a state is kept. It has each member of state, by the same name.
var stateRecord = record.Of(
	record.Pointer("run", func(s *state) **journey.Run { return &s.Run }, journey.RunRecord),
	record.Text("browser", func(s *state) *string { return &s.Browser }),
	record.Int("sequence", func(s *state) *int { return &s.Sequence }),
	record.Time("busy_until", func(s *state) *time.Time { return &s.BusyUntil }).Optional(),
	record.Other("done", func(s *state) **done { return &s.Done }).Optional(),
	record.Text("for", func(s *state) *string { return &s.For }),
	record.Text("client", func(s *state) *string { return &s.Client }).Optional(),
	record.Inside("about", func(s *state) *page.About { return &s.About }, aboutRecord),
	record.Text("form_target", func(s *state) *string { return &s.FormTarget }).Optional(),
	record.Raw("resume", func(s *state) *json.RawMessage { return &s.Resume }).Optional(),
	record.Bool("had_session", func(s *state) *bool { return &s.HadSession }).Optional(),
)

var aboutRecord = record.Of(
	record.Text("logo", func(a *page.About) *string { return &a.Logo }).Optional(),
	record.Text("home", func(a *page.About) *string { return &a.Home }).Optional(),
	record.Text("policy", func(a *page.About) *string { return &a.Policy }).Optional(),
	record.Text("terms", func(a *page.About) *string { return &a.Terms }).Optional(),
	record.Bool("unchecked", func(a *page.About) *bool { return &a.Unchecked }).Optional(),
)
