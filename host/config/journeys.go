package config

import (
	"math"

	"github.com/acrhost/acrhost/host/journey"
)

// journeys reads the graphs as they are written. Whether they make sense is for
// journey.Check.
func (r *reader) journeys(t *table, c *Config) {
	for name, t := range t.named("journeys") {
		r.rule(t.node.pos, "the journey's name "+quoted(name), checkName(name))
		c.Journeys[name] = r.journey(name, t)
	}
}

func (r *reader) journey(name string, t *table) *journey.Definition {
	defer t.close()
	d := &journey.Definition{
		Name:    name,
		Timeout: journey.DefaultTimeout,
		Steps:   map[string]*journey.Step{},
		Pos:     t.node.pos,
		Lines:   lines(t.members(), "title", "start", "timeout", "insecure_allow_no_evidence"),
	}
	t.text("title", &d.Title)
	t.text("start", &d.Start)
	t.duration("timeout", &d.Timeout)
	t.flag("insecure_allow_no_evidence", &d.InsecureAllowNoEvidence)
	for name, t := range t.named("steps") {
		r.rule(t.node.pos, "the step's name "+quoted(name), checkName(name))
		d.Steps[name] = r.step(name, t)
	}
	return d
}

func (r *reader) step(name string, t *table) *journey.Step {
	defer t.close()
	s := &journey.Step{
		Name:      name,
		Config:    map[string]any{},
		Next:      map[string]string{},
		MaxVisits: journey.DefaultMaxVisits,
		Pos:       t.node.pos,
		Lines:     map[string]journey.Pos{},
	}
	for k, n := range t.members() {
		n.mark(k, s.Lines)
	}
	t.text("use", &s.Use)
	t.text("journey", &s.Journey)
	if sub := t.sub("config"); sub != nil {
		s.Config = sub.node.plain(r).(map[string]any)
	}
	t.textMap("next", &s.Next)
	t.text("on_error", &s.OnError)
	t.checked("error_var", &s.ErrorVar, checkVariable)
	whole(t, "max_visits", &s.MaxVisits, 1, math.MaxInt32)
	return s
}

// lines are where some members stand.
func lines(members map[string]*node, keys ...string) map[string]journey.Pos {
	at := map[string]journey.Pos{}
	for _, k := range keys {
		if n, ok := members[k]; ok {
			at[k] = n.pos
		}
	}
	return at
}
