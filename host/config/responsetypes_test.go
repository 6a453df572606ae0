package config_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/acrhost/acrhost/host/config"
)

const implicitHead = `issuer = "https://login.example.com"
journey = "main"
insecure_response_types = ["token id_token", "id_token", "id_token"]
[journeys.main]
start = "pw"
[journeys.main.steps.pw]
use = "standard/password"
next = { ok = "@success", failed = "pw" }
[registration]
grant_types = ["authorization_code", "implicit"]
[[clients]]
id = "c"
redirect_uris = ["https://app.example.com/cb"]
`

// Where a client names grant types or response types alone, the others follow (RFC 7591 2.1).
func TestResponseTypes(t *testing.T) {
	for name, row := range map[string]struct{ lines, grants, responses string }{
		"neither":          {``, "[authorization_code refresh_token]", "[code]"},
		"code":             {`response_types = ["code"]`, "[authorization_code refresh_token]", "[code]"},
		"id_token":         {`response_types = ["id_token"]`, "[implicit]", "[id_token]"},
		"in another order": {`response_types = ["token id_token"]`, "[implicit]", "[id_token token]"},
		"both":             {`response_types = ["id_token", "code"]`, "[authorization_code refresh_token implicit]", "[id_token code]"},
		"no code":          {"secret = \"0123456789abcdef\"\ngrant_types = [\"client_credentials\"]", "[client_credentials]", "[]"},
		"all, and agreed":  {"response_types = [\"code\", \"id_token\"]\ngrant_types = [\"implicit\", \"authorization_code\"]", "[implicit authorization_code]", "[code id_token]"},
		"bound, no access": {"response_types = [\"id_token\"]\ndpop_bound_access_tokens = true", "[implicit]", "[id_token]"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := config.FS(fstest.MapFS{"c.toml": {Data: []byte(implicitHead + row.lines)}}).Load("c.toml")
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Clients[0]; fmt.Sprint(got.GrantTypes) != row.grants || fmt.Sprint(got.ResponseTypes) != row.responses {
				t.Errorf("grant types %v, response types %v", got.GrantTypes, got.ResponseTypes)
			}
			if fmt.Sprint(c.InsecureResponseTypes, c.Registration.ResponseTypes) != "[id_token token id_token] [id_token token id_token]" {
				t.Errorf("on are %q, for who registers %q", c.InsecureResponseTypes, c.Registration.ResponseTypes)
			}
		})
	}
}

// Nobody may register for them unless the policy says so too.
func TestResponseTypesOfRegistration(t *testing.T) {
	text := strings.Replace(implicitHead, `"authorization_code", "implicit"`, `"authorization_code"`, 1)
	c, err := config.FS(fstest.MapFS{"c.toml": {Data: []byte(text)}}).Load("c.toml")
	if err != nil || len(c.Registration.ResponseTypes) != 0 || len(c.InsecureResponseTypes) != 2 {
		t.Errorf("%v, for who registers %q, on are %q", err, c.Registration.ResponseTypes, c.InsecureResponseTypes)
	}
}

// A client of the store is held to the switch whenever it is read.
func TestStoredResponseTypes(t *testing.T) {
	c, err := config.FS(fstest.MapFS{"c.toml": {Data: []byte(implicitHead)}}).Load("c.toml")
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]any{"response_types": []any{"id_token"}, "redirect_uris": []any{"https://app.example.com/cb"}}
	if got, err := c.StoredClient("s", false, settings); err != nil || fmt.Sprint(got.GrantTypes) != "[implicit]" {
		t.Errorf("%v %v", got.GrantTypes, err)
	}
	c.InsecureResponseTypes = nil
	if _, err := c.StoredClient("s", false, settings); err == nil || !strings.Contains(err.Error(), "which is off") {
		t.Errorf("%v", err)
	}
}
