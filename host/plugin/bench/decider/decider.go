// Package decider is the job as a plugin of hashicorp/go-plugin over gRPC: what the
// host and the plugin's process share.
package decider

import (
	"context"
	"fmt"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/acrhost/acrhost/host/plugin/bench/job"
)

// Name is the name that the plugin is dispensed by.
const Name = "decider"

const method = "/acrhost.bench.Decider/Decide"

// Handshake tells the plugin's process that it was started by its host.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "ACRHOST_BENCH", MagicCookieValue: "decide"}
}

// Plugin makes both ends of the service.
type Plugin struct{ plugin.NetRPCUnsupportedPlugin }

// GRPCServer offers the job.
func (Plugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	s.RegisterService(&grpc.ServiceDesc{
		ServiceName: "acrhost.bench.Decider",
		Methods:     []grpc.MethodDesc{{MethodName: "Decide", Handler: decide}},
	}, nil)
	return nil
}

// The service is so small that it is written by hand: a document in, a document out.
func decide(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	in := new(wrapperspb.BytesValue)
	if err := decode(in); err != nil {
		return nil, err
	}
	out, err := job.Native(in.GetValue())
	return wrapperspb.Bytes(out), err
}

// GRPCClient gives a *Client.
func (Plugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return &Client{conn: conn}, nil
}

// Client has the job done in the plugin's process.
type Client struct{ conn *grpc.ClientConn }

// Decide does the job.
func (c *Client) Decide(ctx context.Context, document []byte) ([]byte, error) {
	out := new(wrapperspb.BytesValue)
	if err := c.conn.Invoke(ctx, method, wrapperspb.Bytes(document), out); err != nil {
		return nil, fmt.Errorf("call the plugin: %w", err)
	}
	return out.GetValue(), nil
}
