package config

import (
	"slices"

	"github.com/acrhost/acrhost/host/journey/nearest"
)

// routes reads which journey runs for clients that don't say it themselves.
func (r *reader) routes(t *table, c *Config) {
	t.text("journey", &c.Journey)
	t.textMap("journey_by_acr", &c.JourneyByACR)
	r.route(t, c, "journey", c.Journey)
	r.routesByACR(t, c, c.JourneyByACR)
}

// clientRoutes checks which journeys a client names. A request may come without
// an acr, so a table by acr alone is not enough. Where nobody signs in there is nothing
// to run.
func (r *reader) clientRoutes(t *table, c *Config, client Client) {
	r.route(t, c, "journey", client.Journey)
	r.routesByACR(t, c, client.JourneyByACR)
	users := len(client.ResponseTypes) > 0 || slices.Contains(client.GrantTypes, grantDevice)
	if users && !t.has("journey") && c.Journey == "" {
		r.fault(t.node.pos, "add journey to the client, or to the top of the configuration", "the client %s has no journey", quoted(client.ID))
	}
}

// account reads which journey opens the pages at /account.
func (r *reader) account(t *table, c *Config) {
	if t = t.sub("account"); t == nil {
		return
	}
	defer t.close()
	t.require(`journey = "bank", or remove the table`, "journey")
	t.text("journey", &c.Account.Journey)
	r.route(t, c, "journey", c.Account.Journey)
}

func (r *reader) routesByACR(t *table, c *Config, byACR map[string]string) {
	n := t.members()["journey_by_acr"]
	if n == nil {
		return
	}
	for _, value := range sortedKeys(byACR) {
		sub := r.table(n, t.nameOf("journey_by_acr"))
		r.rule(sub.pos(value), "journey_by_acr:", checkACR(value))
		r.route(sub, c, value, byACR[value])
	}
}

// route checks that a journey which is named somewhere is defined.
func (r *reader) route(t *table, c *Config, key, name string) {
	n, ok := t.members()[key]
	if !ok {
		return
	}
	if _, isText := n.value.(string); !isText || c.Journeys[name] != nil {
		return
	}
	r.fault(n.pos, nearest.Hint(name, sortedKeys(c.Journeys)), "%s in %s is %s, and there is no such journey", key, t.name, quoted(name))
}
