package main

import (
	"fmt"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	hashicorp "github.com/hashicorp/go-plugin"

	"github.com/acrhost/acrhost/host/plugin/bench/decider"
)

// openGoPlugin has the job done by another process, over gRPC.
func openGoPlugin(s *setup) (call, error) {
	path, err := s.helper("goplugin")
	if err != nil {
		return nil, err
	}
	process := hashicorp.NewClient(&hashicorp.ClientConfig{
		HandshakeConfig:  decider.Handshake(),
		Plugins:          hashicorp.PluginSet{decider.Name: decider.Plugin{}},
		Cmd:              exec.CommandContext(s.ctx, path),
		AllowedProtocols: []hashicorp.Protocol{hashicorp.ProtocolGRPC},
		Logger:           hclog.NewNullLogger(),
	})
	s.onClose(func() error { process.Kill(); return nil })
	protocol, err := process.Client()
	if err != nil {
		return nil, fmt.Errorf("start the plugin: %w", err)
	}
	dispensed, err := protocol.Dispense(decider.Name)
	if err != nil {
		return nil, fmt.Errorf("dispense the plugin: %w", err)
	}
	client, ok := dispensed.(*decider.Client)
	if !ok {
		return nil, fmt.Errorf("the plugin is a %T", dispensed)
	}
	return func() (answer, error) {
		output, err := client.Decide(s.ctx, s.document)
		return answer{output: output}, err
	}, nil
}
