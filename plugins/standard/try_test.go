package main_test

import (
	"context"
	"os"
	"testing"
	"fmt"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

func TestTry(t *testing.T) {
	ctx := context.Background()
	r, err := plugin.New(ctx, plugin.Config{Capabilities: []string{"user_identify", "password_verify", "otp_send", "otp_verify"}})
	if err != nil { t.Fatal(err) }
	w, _ := os.ReadFile("../dist/standard.wasm")
	m, err := r.Load(ctx, plugin.Spec{Name: "standard", Wasm: w, Grant: plugin.Grant{All: true}})
	if err != nil { t.Fatal(err) }
	for _, c := range []string{`set-acr|{"acr":"2.0"}`, `set-acr|{"acr":""}`, `set-acr|{}`, `password|{}`, `nothing|{}`, `otp|{"channel":"sms"}`, `condition|{"when":true}`,`choice|{"options":[{"value":"a"}]}`} {
		var ty, cfg string
		for i := range c { if c[i] == '|' { ty, cfg = c[:i], c[i+1:] } }
		res, err := m.Call(ctx, abi.Input{Call: abi.Call{Type: ty, Interactive: true}, Config: []byte(cfg)}, nil)
		fmt.Println(ty, res.Output, err, res.Stats)
	}
}
