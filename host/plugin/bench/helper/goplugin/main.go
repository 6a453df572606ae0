// Command goplugin does the job as a plugin of hashicorp/go-plugin.
package main

import (
	"github.com/hashicorp/go-plugin"

	"github.com/acrhost/acrhost/host/plugin/bench/decider"
)

func main() {
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: decider.Handshake(),
		Plugins:         plugin.PluginSet{decider.Name: decider.Plugin{}},
		GRPCServer:      plugin.DefaultGRPCServer,
	})
}
