package main

import (
	"net"
	"path/filepath"
	"strings"
)

// peer is how to start a peer's server for a subject.
func peer(o options, s subject, address, dir string) (command, error) {
	name, _, _ := strings.Cut(s.name, ",")
	program, err := filepath.Abs(filepath.Join(o.parts, name))
	if err != nil {
		return command{}, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return command{}, err
	}
	return command{path: program, env: []string{"PORT=" + port, "ALG=" + s.alg}, dir: dir, issuer: "http://" + address}, nil
}
