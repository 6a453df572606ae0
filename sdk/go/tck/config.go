package main

import "github.com/acrhost/acrhost/sdk/go/step"

// Config has a member of each kind.
type Config struct {
	Text    string            `json:"text" schema:"required" doc:"A text that must be there."`
	Word    string            `json:"word" default:"plain" doc:"A text."`
	Choice  string            `json:"choice" default:"low" enum:"low,high" doc:"One of two."`
	Count   int64             `json:"count" default:"6" doc:"An integer."`
	Ratio   float64           `json:"ratio" default:"0.5" doc:"A number."`
	Flag    bool              `json:"flag" default:"true" doc:"Yes or no."`
	Limit   *int64            `json:"limit" doc:"An integer, or none."`
	Names   []string          `json:"names" doc:"Texts."`
	Table   map[string]string `json:"table" doc:"Texts by name."`
	Options []Option          `json:"options" doc:"What there is."`
	Any     any               `json:"any" doc:"Anything."`
}

// Option is one of the options.
type Option struct {
	Value string `json:"value" schema:"required" doc:"What it stands for."`
	Label string `json:"label" doc:"What is shown."`
}

// Run tells the configuration.
func (c Config) Run(*step.Context) step.Result {
	options := make([]any, 0, len(c.Options))
	for _, o := range c.Options {
		options = append(options, map[string]any{"value": o.Value, "label": o.Label})
	}
	if c.Names == nil {
		c.Names = []string{}
	}
	if c.Table == nil {
		c.Table = map[string]string{}
	}
	return step.Outcome("ok").WithVar("config", map[string]any{
		"text": c.Text, "word": c.Word, "choice": c.Choice, "count": c.Count, "ratio": c.Ratio, "flag": c.Flag,
		"limit": c.Limit, "names": c.Names, "table": c.Table, "options": options, "any": c.Any,
	})
}
