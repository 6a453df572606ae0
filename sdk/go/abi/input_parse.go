package abi

import "github.com/acrhost/acrhost/sdk/go/internal/leanjson"

// ParseJSON reads an input document. Members that it does not know are passed over,
// as the ABI demands; null is the same as a member that is missing. The texts of the
// input lie in the document, which must not be changed any more.
func (in *Input) ParseJSON(document []byte) error {
	*in = Input{}
	p := leanjson.Parse(document)
	f := p.Open(inputNames[:], false)
	for i := f.Next(&p); i >= 0; i = f.Next(&p) {
		in.read(&p, i)
	}
	return p.End()
}

// The names of each object, in the order in which AppendJSON writes them. The cases
// of the methods below are their numbers: to compare texts once more would cost a
// fifth of the whole.
var (
	inputNames = [...]string{
		"abi", "call", "journey", "config", "request", "acr", "amr", "evidence",
		"subject", "upstream", "device", "vars", "form", "action", "state",
	}
	callNames     = [...]string{"id", "type", "step", "attempt", "now", "interactive"}
	journeyNames  = [...]string{"name", "run", "started_at", "path"}
	requestNames  = [...]string{"client_id", "acr_values", "acr_essential", "scope", "prompt", "max_age", "login_hint", "ui_locales", "authorization_details", "claims"}
	acrNames      = [...]string{"current", "set"}
	evidenceNames = [...]string{"method", "amr", "at", "step", "fresh"}
	subjectNames  = [...]string{"id", "username", "claims"}
	upstreamNames = [...]string{"claims", "acr", "amr"}
	deviceNames   = [...]string{"ip", "user_agent"}
)

func (in *Input) read(p *leanjson.Parser, number int) {
	switch number {
	case 0: // abi
		in.ABI = p.Text()
	case 1: // call
		in.Call.read(p)
	case 2: // journey
		in.Journey.read(p)
	case 3: // config
		in.Config = p.Raw()
	case 4: // request
		in.Request.read(p)
	case 5: // acr
		in.ACR.read(p)
	case 6: // amr
		in.AMR = p.Texts()
	case 7: // evidence
		in.Evidence = leanjson.Elements(p, readEvidence)
	case 8: // subject
		in.Subject = readSubject(p)
	case 9: // upstream
		in.Upstream = leanjson.Table(p, readUpstream)
	case 10: // device
		in.Device.read(p)
	case 11: // vars
		in.Vars = p.Map()
	case 12: // form
		in.Form = p.TextMap()
	case 13: // action
		in.Action = p.Optional()
	case 14: // state
		in.State = p.Raw()
	}
}

func (c *Call) read(p *leanjson.Parser) {
	f := p.Open(callNames[:], false)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		switch i {
		case 0: // id
			c.ID = p.Text()
		case 1: // type
			c.Type = p.Text()
		case 2: // step
			c.Step = p.Text()
		case 3: // attempt
			c.Attempt = int(p.Int(64))
		case 4: // now
			c.Now = readTime(p)
		case 5: // interactive
			c.Interactive = p.Bool()
		}
	}
}

func (j *Journey) read(p *leanjson.Parser) {
	f := p.Open(journeyNames[:], false)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		switch i {
		case 0: // name
			j.Name = p.Text()
		case 1: // run
			j.Run = p.Text()
		case 2: // started_at
			j.StartedAt = readTime(p)
		case 3: // path
			j.Path = p.Texts()
		}
	}
}

func (r *Request) read(p *leanjson.Parser) {
	f := p.Open(requestNames[:], false)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		switch i {
		case 0: // client_id
			r.ClientID = p.Text()
		case 1: // acr_values
			r.ACRValues = p.Texts()
		case 2: // acr_essential
			r.ACREssential = p.Bool()
		case 3: // scope
			r.Scope = p.Texts()
		case 4: // prompt
			r.Prompt = p.Texts()
		case 5: // max_age
			if !p.Null() {
				r.MaxAge = new(p.Int(64))
			}
		case 6: // login_hint
			r.LoginHint = p.Optional()
		case 7: // ui_locales
			r.UILocales = p.Texts()
		case 8: // authorization_details
			r.AuthorizationDetails = leanjson.Elements(p, (*leanjson.Parser).Map)
		case 9: // claims
			r.Claims = p.Texts()
		}
	}
}

func (a *ACR) read(p *leanjson.Parser) {
	f := p.Open(acrNames[:], false)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		switch i {
		case 0: // current
			a.Current = p.Optional()
		case 1: // set
			a.Set = p.Bool()
		}
	}
}

func readEvidence(p *leanjson.Parser) (e Evidence) {
	f := p.Open(evidenceNames[:], false)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		switch i {
		case 0: // method
			e.Method = p.Text()
		case 1: // amr
			e.AMR = p.Texts()
		case 2: // at
			e.At = readTime(p)
		case 3: // step
			e.Step = p.Text()
		case 4: // fresh
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
		switch i {
		case 0: // id
			s.ID = p.Text()
		case 1: // username
			s.Username = p.Text()
		case 2: // claims
			s.Claims = p.Map()
		}
	}
}

func readUpstream(p *leanjson.Parser) (u Upstream) {
	f := p.Open(upstreamNames[:], false)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		switch i {
		case 0: // claims
			u.Claims = p.Map()
		case 1: // acr
			u.ACR = p.Optional()
		case 2: // amr
			u.AMR = p.Texts()
		}
	}
	return u
}

func (d *Device) read(p *leanjson.Parser) {
	f := p.Open(deviceNames[:], false)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		switch i {
		case 0: // ip
			d.IP = p.Text()
		case 1: // user_agent
			d.UserAgent = p.Text()
		}
	}
}
