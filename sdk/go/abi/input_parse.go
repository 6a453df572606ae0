package abi

import (
	"time"

	"github.com/acrhost/acrhost/sdk/go/internal/leanjson"
)

// ParseJSON reads an input document. Members that it does not know are passed over,
// as the ABI demands; null is the same as a member that is missing. The texts of the
// input lie in the document, which must not be changed any more.
func (in *Input) ParseJSON(document []byte) error {
	*in = Input{}
	p := leanjson.Parse(document)
	f := p.Open(inputNames[:], false)
	for i := f.Next(&p); i >= 0; i = f.Next(&p) {
		in.read(&p, inputNames[i])
	}
	return p.End()
}

// The names of each object, in the order in which AppendJSON writes them.
var (
	inputNames = [...]string{
		"abi", "call", "journey", "config", "request", "acr", "amr", "evidence",
		"subject", "upstream", "device", "vars", "form", "action", "state",
	}
	callNames     = [...]string{"id", "type", "step", "attempt", "now", "interactive"}
	journeyNames  = [...]string{"name", "run", "started_at", "path"}
	requestNames  = [...]string{"client_id", "acr_values", "acr_essential", "scope", "prompt", "max_age", "login_hint", "ui_locales"}
	acrNames      = [...]string{"current", "set"}
	evidenceNames = [...]string{"method", "amr", "at", "step", "fresh"}
	subjectNames  = [...]string{"id", "username", "claims"}
	upstreamNames = [...]string{"claims"}
	deviceNames   = [...]string{"ip", "user_agent"}
)

func (in *Input) read(p *leanjson.Parser, name string) {
	switch name {
	case "abi":
		in.ABI = p.Text()
	case "call":
		in.Call.read(p)
	case "journey":
		in.Journey.read(p)
	case "config":
		in.Config = p.Raw()
	case "request":
		in.Request.read(p)
	case "acr":
		in.ACR.read(p)
	case "amr":
		in.AMR = p.Texts()
	case "evidence":
		in.Evidence = leanjson.Elements(p, readEvidence)
	case "subject":
		in.Subject = readSubject(p)
	case "upstream":
		in.Upstream = leanjson.Table(p, readUpstream)
	case "device":
		in.Device.read(p)
	case "vars":
		in.Vars = p.Map()
	case "form":
		in.Form = p.TextMap()
	case "action":
		in.Action = readOptional(p)
	case "state":
		in.State = p.Raw()
	}
}

func (c *Call) read(p *leanjson.Parser) {
	f := p.Open(callNames[:], false)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		switch callNames[i] {
		case "id":
			c.ID = p.Text()
		case "type":
			c.Type = p.Text()
		case "step":
			c.Step = p.Text()
		case "attempt":
			c.Attempt = int(p.Int(64))
		case "now":
			c.Now = readTime(p)
		case "interactive":
			c.Interactive = p.Bool()
		}
	}
}

func (j *Journey) read(p *leanjson.Parser) {
	f := p.Open(journeyNames[:], false)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		switch journeyNames[i] {
		case "name":
			j.Name = p.Text()
		case "run":
			j.Run = p.Text()
		case "started_at":
			j.StartedAt = readTime(p)
		case "path":
			j.Path = p.Texts()
		}
	}
}

func (r *Request) read(p *leanjson.Parser) {
	f := p.Open(requestNames[:], false)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		switch requestNames[i] {
		case "client_id":
			r.ClientID = p.Text()
		case "acr_values":
			r.ACRValues = p.Texts()
		case "acr_essential":
			r.ACREssential = p.Bool()
		case "scope":
			r.Scope = p.Texts()
		case "prompt":
			r.Prompt = p.Texts()
		case "max_age":
			if !p.Null() {
				r.MaxAge = new(p.Int(64))
			}
		case "login_hint":
			r.LoginHint = readOptional(p)
		case "ui_locales":
			r.UILocales = p.Texts()
		}
	}
}

func (a *ACR) read(p *leanjson.Parser) {
	f := p.Open(acrNames[:], false)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		switch acrNames[i] {
		case "current":
			a.Current = readOptional(p)
		case "set":
			a.Set = p.Bool()
		}
	}
}

func readEvidence(p *leanjson.Parser) (e Evidence) {
	f := p.Open(evidenceNames[:], false)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		switch evidenceNames[i] {
		case "method":
			e.Method = p.Text()
		case "amr":
			e.AMR = p.Texts()
		case "at":
			e.At = readTime(p)
		case "step":
			e.Step = p.Text()
		case "fresh":
			e.Fresh = p.Bool()
		}
	}
	return e
}

func readSubject(p *leanjson.Parser) *Subject {
	if p.Null() {
		return nil
	}
	s := new(Subject)
	s.read(p)
	return s
}

func (s *Subject) read(p *leanjson.Parser) {
	f := p.Open(subjectNames[:], false)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		switch subjectNames[i] {
		case "id":
			s.ID = p.Text()
		case "username":
			s.Username = p.Text()
		case "claims":
			s.Claims = p.Map()
		}
	}
}

func readUpstream(p *leanjson.Parser) (u Upstream) {
	f := p.Open(upstreamNames[:], false)
	for f.Next(p) >= 0 {
		u.Claims = p.Map()
	}
	return u
}

func (d *Device) read(p *leanjson.Parser) {
	f := p.Open(deviceNames[:], false)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		switch deviceNames[i] {
		case "ip":
			d.IP = p.Text()
		case "user_agent":
			d.UserAgent = p.Text()
		}
	}
}

func readOptional(p *leanjson.Parser) *string {
	if p.Null() {
		return nil
	}
	text := p.Text()
	return &text
}

// readTime reads a time as RFC 3339 writes it; null is the zero time.
func readTime(p *leanjson.Parser) (t time.Time) {
	if p.Null() {
		return t
	}
	text := p.Text()
	if p.Fault() == nil && (!strictTime(text) || t.UnmarshalText([]byte(text)) != nil) {
		p.Refuse("a time such as 2026-11-23T07:00:00Z is expected")
	}
	return t
}

// strictTime refuses what package time lets pass although RFC 3339 does not: an hour
// of one digit, a comma before the fraction, and a zone of a day or more.
func strictTime(text string) bool {
	const seconds = len("2006-01-02T15:04:05")
	if len(text) <= seconds || text[13] != ':' || text[seconds] == ',' {
		return false
	}
	zone := text[len(text)-len("+07:00"):]
	return text[len(text)-1] == 'Z' || zone[1:3] < "24" && zone[4:] < "60"
}
