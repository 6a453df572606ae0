package main

import (
	"github.com/acrhost/acrhost/host/figures"
	"github.com/acrhost/acrhost/host/plugin"
)

// Report is all that a run gave.
type Report struct {
	Machine    figures.Machine `json:"machine"`
	Document   int             `json:"document_bytes"`
	Results    []Result        `json:"results"`
	Loads      []Load          `json:"loads"`
	Throughput []Throughput    `json:"throughput"`
	Targets    []Target        `json:"targets"`
}

// Result is a row as it was measured.
type Result struct {
	Group   string  `json:"group"`
	Name    string  `json:"name"`
	Mode    string  `json:"mode,omitempty"`    // which mode auto is
	Refused string  `json:"refused,omitempty"` // why the row isn't possible; all that follows is 0 then
	NS      float64 `json:"ns_per_call"`
	Bytes   float64 `json:"bytes_per_call"` // allocated in this process; what is behind a socket isn't counted
	Allocs  float64 `json:"allocs_per_call"`
	Fuel    uint64  `json:"fuel,omitempty"`
	Ratio   float64 `json:"ratio"`              // to this runtime's auto mode with the C guest
	ToPlain float64 `json:"to_plain,omitempty"` // to the same guest on bare wazero, reused and leaking
}

// results turns what took part into what is reported.
func results(list []*entrant) []Result {
	base := find(list, "c", string(plugin.Auto))
	all := make([]Result, 0, len(list))
	for _, e := range list {
		r := Result{
			Group: e.group, Name: e.name, Refused: e.refused,
			NS: median(e.perRound), Bytes: e.bytes, Allocs: e.allocs, Fuel: e.fuel,
			Ratio: e.ratio(base),
		}
		if e.name == string(plugin.Auto) {
			r.Mode = e.mode
		}
		if e.plain != "" {
			r.ToPlain = e.ratio(find(list, e.group, e.plain))
		}
		all = append(all, r)
	}
	return all
}

// find gives a row that took part, or nil.
func find(list []*entrant, group, name string) *entrant {
	for _, e := range list {
		if e.group == group && e.name == name {
			return e
		}
	}
	return nil
}
