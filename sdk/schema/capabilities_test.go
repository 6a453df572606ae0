package schema_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/tck/vectors"
)

// TestCapabilities holds the requests and answers of the conformance kit, which every SDK
// passes, against the schema, and the page of the ABI to what the schema lists. Those that
// are refused are asked rightly too: what is wrong there is the host's affair.
func TestCapabilities(t *testing.T) {
	schema := compile(t, "capabilities.schema.json")
	all, err := vectors.All()
	if err != nil {
		t.Fatal(err)
	}
	answered := map[string]bool{}
	for _, v := range all {
		for _, c := range v.Calls {
			one := schema.Properties[c.Capability].Properties
			if err := validate(t, one["request"], string(c.Request)); err != nil {
				t.Errorf("%s: %v", v.Name, err)
			}
			switch {
			case c.Status == abi.OK && v.Error == nil: // else an answer may be wrong on purpose
				answered[c.Capability] = true
				if err := validate(t, one["answer"], string(c.Answer)); err != nil {
					t.Errorf("%s: %v", v.Name, err)
				}
			case c.Status == abi.LimitReached && c.Answer != nil: // as the host says when it is over
				if err := validate(t, schema.Properties["otp_verify"].Properties["answer"], string(c.Answer)); err != nil {
					t.Errorf("%s: %v", v.Name, err)
				}
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
		if !answered[name] {
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
		"upstream_begin": `{"provider":"acme","max_age":-1}`, "totp_enroll": `{"later":1}`, "passkey_login_options": `{"user_verification":"maybe"}`,
	} {
		if !json.Valid([]byte(request)) {
			t.Fatal(request)
		}
		if err := validate(t, schema, fmt.Sprintf(`{%q: {"request": %s, "answer": {}}}`, name, request)); err == nil {
			t.Errorf("%s of %s was accepted", request, name)
		}
	}
}
