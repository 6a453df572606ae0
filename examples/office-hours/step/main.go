// Command step is a step plugin of one's own: it tells whether the login happens
// within office hours. Build it with
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o office-hours.wasm ./examples/office-hours/step
package main

import (
	"fmt"
	"time"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// OfficeHours is the step: its fields are its configuration.
type OfficeHours struct {
	From     string `json:"from" schema:"required" doc:"When the office opens, as 08:00."`
	To       string `json:"to" schema:"required" doc:"When the office closes, as 18:00."`
	UTCHours int    `json:"utc_hours" doc:"How many hours the office is ahead of UTC."`
}

// Run compares the time of the call, which comes from the host, with the hours.
func (o OfficeHours) Run(ctx *step.Context) step.Result {
	from, err := time.Parse("15:04", o.From)
	if err != nil {
		return step.Fail("config", fmt.Sprintf("from: %q is no time such as 08:00", o.From))
	}
	to, err := time.Parse("15:04", o.To)
	if err != nil {
		return step.Fail("config", fmt.Sprintf("to: %q is no time such as 18:00", o.To))
	}
	now := ctx.Call.Now.Add(time.Duration(o.UTCHours) * time.Hour)
	minute := now.Hour()*60 + now.Minute()
	if minute < from.Hour()*60+from.Minute() || minute >= to.Hour()*60+to.Minute() {
		return step.Outcome("outside")
	}
	return step.Outcome("inside").WithACR("office")
}

var module = step.Module{
	Name: "com.example.office-hours", Version: "1.0.0", Title: "Office hours",
	SnapshotSafe: true, // the time is the call's, and nothing is random
	Steps: []step.Type{step.Define[OfficeHours]("office-hours", step.Description{
		Title:    "Within office hours",
		Outcomes: []string{"inside", "outside"},
		Writes:   abi.Writes{ACR: []string{"office"}}, // it may set no other
	})},
}

//go:wasmexport acrhost_step_v1
func run() int32 { return module.Step() }

//go:wasmexport acrhost_describe_v1
func describe() int32 { return module.Describe() }

func main() { module.Main() }
