package config

import (
	"fmt"
	"maps"
	"time"

	"github.com/acrhost/acrhost/host/journey"
)

// hiddenSecret stands for a secret of which only a hash is known, so that the rules for
// clients with a secret are the ones that apply. It never leaves StoredClient.
const hiddenSecret = "a secret that nobody knows but its client"

// CheckLifetimes refuses a stored client whose tokens would outlive the keys that sign them:
// those are kept as long as the configuration needs them, which knows no stored clients.
// One that was kept before the configuration changed gets shorter tokens instead.
func (c *Config) CheckLifetimes(client Client) error {
	longest := c.LongestSigned()
	var faults Faults
	for name, lifetime := range map[string]time.Duration{"access_token_lifetime": client.AccessTokenLifetime, "id_token_lifetime": client.IDTokenLifetime} {
		if longest > 0 && lifetime > longest {
			faults = append(faults, journey.Fault{
				Message: fmt.Sprintf("%s is %s, and signing keys are kept for tokens of %s at most", name, lifetime, longest),
				Hint:    "a shorter one, or a longer access, id or session in [tokens]",
			})
		}
	}
	if len(faults) > 0 {
		return faults.Sort()
	}
	return nil
}

// StoredClient reads a client that is kept outside the configuration, by the very rules of
// a [[clients]] table: settings are its members, as JSON has them, without id and secret.
// hasSecret says that a hash of a secret is kept beside them. The client's Secret is empty.
// The error is Faults; they have no file.
func (c *Config) StoredClient(id string, hasSecret bool, settings map[string]any) (Client, error) {
	settings = maps.Clone(settings)
	if settings == nil {
		settings = map[string]any{}
	}
	r := &reader{env: func(string) (string, bool) { return "", false }, open: nowhere}
	for _, key := range []string{"id", "secret", "secret_env", "jwks_file"} {
		if _, ok := settings[key]; ok {
			r.fault(journey.Pos{}, "", "%s is no setting of a stored client", key)
			delete(settings, key)
		}
	}
	settings["id"] = id
	if hasSecret {
		settings["secret"] = hiddenSecret
	}
	t := r.table(build("", settings, nil, 0), "the client")
	client := r.client(t, c)
	r.clientRoutes(t, c, client)
	r.minimum(t, c.ACR.Order, client)
	if hasSecret && client.TokenEndpointAuthMethod == "client_secret_jwt" {
		r.fault(journey.Pos{}, "private_key_jwt, or a client of the configuration", "client_secret_jwt needs the secret itself, and only a hash of it is kept")
	}
	client.Secret = ""
	if len(r.faults) > 0 {
		return Client{}, r.faults.Sort()
	}
	return client, nil
}
