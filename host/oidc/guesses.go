package oidc

import (
	"net/http"

	"github.com/acrhost/acrhost/host/forwarded"
)

// sprays is how many times as many guesses as at one client's secret an address may make at
// all clients' together.
const sprays = 10

// guessable says that somebody chose the client's secret, so that others could think of it
// (RFC 6749 2.3.1). Nobody guesses a key, nor one of the secrets that we make (package
// relying: 256 random bits): a right one is taken however many wrong ones came before.
func (c *client) guessable() bool { return c.Secret != "" }

// guessed checks a secret that can be guessed, and counts it by address and client: who
// tries the secret of one client has no more tries than the address has in vain, and shuts
// out none but this client, from this address alone. The client exists: nobody gets more
// tries by making up ids.
func (p *Provider) guessed(r *http.Request, c *client, check func() error) error {
	from := forwarded.Address(r)
	if _, ok := p.guesses.TakeFor(from, c.ID); !ok {
		return temporarilyUnavailable().becausef("too many wrong secrets of client %q came from this address", c.ID)
	}
	if _, ok := p.sprayed.Take(from); !ok {
		p.guesses.ReturnFor(from, c.ID)
		return temporarilyUnavailable().becausef("too many wrong secrets came from this address")
	}
	err := check()
	if err == nil {
		p.guesses.ReturnFor(from, c.ID)
		p.sprayed.Return(from)
	}
	return err
}
