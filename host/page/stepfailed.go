package page

import (
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// StepFailed is a login that did not succeed, for who develops its steps. What it holds
// of the guest's words is free of what the user typed: who makes it sees to that.
type StepFailed struct {
	Journey string
	Reason  string // why the login ended
	Calls   []FailedCall
}

// FailedCall is one call of a step that went wrong.
type FailedCall struct {
	Step, Use            string
	Plugin, Digest, Mode string
	Class, Code, Message string
	Fuel, Memory         uint64 // instructions, bytes
	FuelLimit            uint64
	MemoryLimit          uint64
	Took                 time.Duration
	Logs                 []LoggedLine
	Trace                []string // where the guest was, innermost first
}

// LoggedLine is a line that a guest logged.
type LoggedLine struct{ Level, Text string }

type stepFailed struct {
	StepFailed
	Action template.URL
	Post   bool
	Params []param
}

// StepFailed shows to who develops a step what went wrong, and leads on to where the
// browser was to go. With an error, nothing was written.
func (p *Pages) StepFailed(w http.ResponseWriter, s StepFailed, on Response) error {
	u, err := url.Parse(on.URL)
	if err != nil || u.Scheme == "" {
		return fmt.Errorf("respond to %.200q: it is no absolute URL", on.URL)
	}
	if err := trustworthy(u); err != nil {
		return err
	}
	data := stepFailed{StepFailed: s, Action: template.URL(on.address())}
	var also policy
	if on.Mode == ModeFormPost {
		data.Post, data.Action = true, template.URL(on.URL)
		for _, name := range slices.Sorted(maps.Keys(on.Params)) {
			for _, value := range on.Params[name] {
				data.Params = append(data.Params, param{name, value})
			}
		}
		also.formTarget = u.Scheme + ":"
		if u.Host != "" {
			also.formTarget = u.Scheme + "://" + u.Host
		}
	}
	p.render(w, http.StatusInternalServerError, "step-failed", data, also)
	return nil
}
