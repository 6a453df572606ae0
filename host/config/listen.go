package config

import (
	"errors"
	"net"
	"strings"
)

// ListenOn replaces the address of Listen. The error is about one that serves others
// without TLS.
func (c *Config) ListenOn(address string) error {
	if f := checkListen(address); f != nil {
		return errors.New("the address to listen on " + f.wrong + " (hint: " + f.hint + ")")
	}
	c.Listen = address
	if f := c.remote(); f != nil {
		return errors.New("the address to listen on " + f.wrong + " (hint: " + f.hint + ")")
	}
	return nil
}

// remote is the flaw of a host that is tried out over plain http, which is for this
// machine alone, but that others can reach.
func (c *Config) remote() *flaw {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil || isLoopback(host) || c.InsecureAllowRemote || !strings.HasPrefix(c.Issuer, "http://") {
		return nil
	}
	return &flaw{
		"is " + quoted(c.Listen) + ", which others reach without TLS, while the issuer is of this machine",
		`listen = "127.0.0.1:8080", or insecure_allow_remote = true where something else keeps others out, such as a container`,
	}
}
