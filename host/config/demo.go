package config

import (
	"strings"

	"github.com/acrhost/acrhost/host/journey"
)

// demo reads the demo and its users. Its outbox shows one-time codes to whoever
// asks, so it is for this machine only.
func (r *reader) demo(t *table, c *Config) {
	if t = t.sub("demo"); t == nil {
		return
	}
	defer t.close()
	t.flag("enabled", &c.Demo.Enabled)
	if c.Demo.Enabled && !loopbackURL(c.Issuer) {
		r.fault(t.pos("enabled"), "the demo shows one-time codes to everyone; use issuer = \"http://localhost:8080\"", "the demo is refused because the issuer is not a loopback address")
	}
	seen := map[string]journey.Pos{}
	for _, t := range t.list("users") {
		u := r.demoUser(t)
		key := strings.ToLower(u.Name)
		if first, ok := seen[key]; ok && key != "" {
			r.fault(t.pos("name"), "", "the demo user %s is defined here and at %s", quoted(u.Name), first)
			continue
		}
		seen[key] = t.pos("name")
		c.Demo.Users = append(c.Demo.Users, u)
	}
}

func (r *reader) demoUser(t *table) DemoUser {
	defer t.close()
	var u DemoUser
	t.require("", "name")
	t.text("name", &u.Name)
	t.secret("password", &u.Password)
	if !t.hasSecret("password") {
		r.fault(t.node.pos, "", "%s has no password", t.name)
	}
	t.text("email", &u.Email)
	t.text("phone", &u.Phone)
	if claims := t.sub("claims"); claims != nil {
		u.Claims = claims.node.plain(r).(map[string]any)
	}
	return u
}

// messages reads who delivers one-time codes.
func (r *reader) messages(t *table, c *Config) {
	if t = t.sub("messages"); t == nil {
		return
	}
	defer t.close()
	for key, to := range map[string]*Sender{"sms": &c.Messages.SMS, "email": &c.Messages.Email} {
		if sub := t.sub(key); sub != nil {
			r.sender(sub, to, c.Demo.Enabled)
		}
	}
}

func (r *reader) sender(t *table, s *Sender, demo bool) {
	defer t.close()
	t.require(`type = "smtp"`, "type")
	t.oneOf("type", &s.Type, "outbox", "smtp", "http")
	switch s.Type {
	case "outbox":
		if !demo {
			r.fault(t.pos("type"), "use smtp or http", "%s is outbox, which only the demo has", t.name)
		}
	case "smtp":
		t.require("", "addr", "from")
		t.checked("addr", &s.Addr, checkAddr)
		t.text("username", &s.Username)
		t.secret("password", &s.Password)
		t.text("from", &s.From)
		t.flag("insecure_no_tls", &s.InsecureNoTLS)
	case "http":
		t.require("", "url")
		t.checked("url", &s.URL, checkURL)
		t.secret("bearer", &s.Bearer)
	}
}
