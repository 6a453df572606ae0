package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// The resource server of the scripts, as baseConfig has it.
const (
	apiClient = "api"
	apiSecret = "a secret of the resource server"
)

// cmdIntrospect asks the provider what the tab's access token says, as a resource
// server does: introspect NAME [VALUE] is true of the answer.
func cmdIntrospect(ts *testscript.TestScript, neg bool, args []string) {
	s := sceneOf(ts)
	form := url.Values{"token": {s.tab.tokens.OAuth.AccessToken}}
	req, err := http.NewRequest(http.MethodPost, s.issuer+"/introspect", strings.NewReader(form.Encode()))
	ts.Check(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(apiClient, url.QueryEscape(apiSecret))
	res, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		ts.Fatalf("introspection: %s", res.Status)
	}
	var answer map[string]any
	ts.Check(json.NewDecoder(res.Body).Decode(&answer))
	checkClaim(ts, neg, answer, args)
}
