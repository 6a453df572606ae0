package schema_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/sdk/tck/vectors"
)

// TestCapabilities holds the requests and answers of the conformance kit, which every SDK
// passes, against the schema, and the page of the ABI to what the schema lists.
func TestCapabilities(t *testing.T) {
	schema := compile(t, "capabilities.schema.json")
	all, err := vectors.All()
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, v := range all {
		for _, c := range v.Calls {
			if c.Status != 0 || c.Request == nil || v.Error != nil { // an answer may be wrong there on purpose
				continue
			}
			asked[c.Capability] = true
			document := fmt.Sprintf(`{%q: {"request": %s, "answer": %s}}`, c.Capability, c.Request, c.Answer)
			if err := validate(t, schema, document); err != nil {
				t.Errorf("%s: %v", v.Name, err)
			}
		}
	}
	page, err := os.ReadFile("../ABI.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| capability | request | answer |")
	table, _, _ = strings.Cut(table, "\n## ")
	for name := range schema.Properties {
		if !asked[name] {
			t.Errorf("no vector of the kit asks for %s, answered", name)
		}
		if !strings.Contains(table, "`"+name+"`") {
			t.Errorf("ABI.md does not list %s", name)
		}
	}
}

// TestBadRequests shows that the schema can refuse.
func TestBadRequests(t *testing.T) {
	schema := compile(t, "capabilities.schema.json")
	for name, request := range map[string]string{
		"otp_send": `{"channel":"pigeon"}`, "otp_verify": `{"channel":"sms"}`, "http_fetch": `{"uri":"https://a.example/"}`, "user_identify": `{"username":""}`,
		"upstream_begin": `{"provider":"acme","max_age":-1}`, "passkey_login_options": `{"user_verification":"maybe"}`,
	} {
		if !json.Valid([]byte(request)) {
			t.Fatal(request)
		}
		if err := validate(t, schema, fmt.Sprintf(`{%q: {"request": %s, "answer": {}}}`, name, request)); err == nil {
			t.Errorf("%s of %s was accepted", request, name)
		}
	}
}
