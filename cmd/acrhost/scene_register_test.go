package main

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdRegister registers a client: register TOKEN-FILE DOCUMENT STATUS. The variables
// CLIENT and REGISTRATION_TOKEN are those of the answer.
func cmdRegister(ts *testscript.TestScript, _ bool, args []string) {
	s := sceneOf(ts)
	req, err := http.NewRequest(http.MethodPost, s.issuer+"/register", strings.NewReader(ts.ReadFile(args[1])))
	ts.Check(err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(ts.ReadFile(args[0])))
	res, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer res.Body.Close()
	var answer struct {
		ID    string `json:"client_id"`
		Token string `json:"registration_access_token"`
		Fault string `json:"error_description"`
	}
	ts.Check(json.NewDecoder(res.Body).Decode(&answer))
	if strconv.Itoa(res.StatusCode) != args[2] {
		ts.Fatalf("registration: %s %s", res.Status, answer.Fault)
	}
	ts.Setenv("CLIENT", answer.ID)
	ts.Setenv("REGISTRATION_TOKEN", answer.Token)
}
