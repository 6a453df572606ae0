package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/artifact/reference"
	"github.com/acrhost/acrhost/host/artifact/source"
)

// sourceFlags are how a command reaches a registry.
type sourceFlags struct {
	username string
	password bool
	plain    bool
	made     *source.Client
}

// add gives a command the flags.
func (f *sourceFlags) add(c *cobra.Command) {
	f.addLogin(c)
	c.Flags().BoolVar(&f.plain, "plain-http", false, "reach a registry on a loopback address without TLS")
}

// addLogin gives a command the flags for a login alone.
func (f *sourceFlags) addLogin(c *cobra.Command) {
	c.Flags().StringVar(&f.username, "username", "", "the registry's `user`; without it docker's config.json is asked")
	c.Flags().BoolVar(&f.password, "password-stdin", false, "read the password from standard input")
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exitError{2, err} })
}

// maxPassword bounds what is read from standard input, in bytes.
const maxPassword = 64 << 10

// client is the same for all places that a command fetches from: standard input gives the
// password once.
func (f *sourceFlags) client(c *cobra.Command) (*source.Client, error) {
	if f.made != nil {
		return f.made, nil
	}
	if f.password != (f.username != "") {
		return nil, &exitError{2, errors.New("--username and --password-stdin belong together")}
	}
	client := &source.Client{Username: f.username}
	if f.password {
		text, err := io.ReadAll(io.LimitReader(c.InOrStdin(), maxPassword))
		if err != nil {
			return nil, &exitError{2, fmt.Errorf("read the password: %w", err)}
		}
		client.Password = strings.TrimRight(string(text), "\r\n")
	}
	f.made = client
	return client, nil
}

// reference reads an argument that names a place.
func (f *sourceFlags) reference(arg string) (reference.Reference, error) {
	r, err := reference.Parse(arg)
	if err == nil && f.plain {
		r, err = r.Plain()
	}
	if err != nil {
		return r, &exitError{2, fmt.Errorf("%s: %w", arg, err)}
	}
	return r, nil
}

// arguments holds that a command got as many arguments as its usage line names.
func arguments(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return &exitError{2, fmt.Errorf("usage: %s; see --help", c.UseLine())}
		}
		return nil
	}
}
