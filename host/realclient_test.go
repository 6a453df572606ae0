package host_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
)

// TestOAuth4webapi: npm's oauth4webapi, with DPoP and the provider's nonces throughout,
// as a device, a service that exchanges the device's token, and a robot.
func TestOAuth4webapi(t *testing.T) {
	library, err := filepath.Abs("../.cache/tools/clients/node_modules/oauth4webapi/build/index.js")
	if err == nil {
		_, err = os.Stat(library)
	}
	if err != nil {
		t.Fatalf("oauth4webapi is not installed: run make tools (%v)", err)
	}
	const secret = "correct horse battery staple"
	cfg := hosttest.Load(t, "../config.toml")
	cfg.Clients = append(cfg.Clients,
		config.Client{ID: "tv", GrantTypes: []string{deviceGrant, "refresh_token"}, Scopes: []string{"openid", "email"}, Journey: "bank", DPoPBoundAccessTokens: true},
		config.Client{
			ID: "api", Secret: secret, GrantTypes: []string{"client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"},
			Scopes: []string{"openid", "jobs"}, ExchangeAudiences: []string{"https://ledger.example.com"},
		})
	issuer := hosttest.Run(t, cfg, nil)
	alice, err := hosttest.NewPerson(issuer, "alice", cfg.Demo.Users[0].Password.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", "testdata/oauth4webapi/device.mjs", library, issuer, secret)
	var faults strings.Builder
	node.Stderr = &faults
	in, err1 := node.StdinPipe()
	out, err2 := node.StdoutPipe()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	if !said.Scan() {
		t.Fatal(node.Wait(), faults.String())
	}
	letIn(t, alice, said.Text())
	if _, err := io.WriteString(in, "\n"); err != nil {
		t.Fatal(err)
	}
	said.Scan()
	got := said.Text()
	if err := node.Wait(); err != nil {
		t.Fatal(err, faults.String())
	}
	want := `{"acr":"2.0","email":"alice@example.com","types":["dpop","dpop","dpop","dpop"],"scope":"jobs",` +
		`"handed":{"active":true,"acr":"2.0","act":{"sub":"api"},"aud":"https://ledger.example.com","sub":true,"bound":"string"}}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
