package registration_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/registration"
)

func policy() config.Registration {
	return config.Registration{
		On: true, Scopes: []string{"openid", "email"}, GrantTypes: []string{"authorization_code", "implicit"}, ResponseTypes: []string{"id_token"}, AuthMethods: []string{"client_secret_basic", "none"},
		RedirectSchemes: []string{config.RedirectHTTPS}, RedirectHosts: []string{"*.example.com"}, Client: map[string]any{"journey": "main"},
	}
}

// FuzzRegister: whatever a client says, what comes of it is within the policy.
func FuzzRegister(f *testing.F) {
	for _, seed := range []string{
		`{"redirect_uris":["https://app.example.com/cb"],"scope":"openid","default_max_age":0}`,
		`{"redirect_uris":["https://app.example.com/cb"],"journey":"other","skip_consent":true,"jwks":{"keys":[]}}`,
		`{"redirect_uris":["http://127.0.0.1/"],"application_type":"native"}`, `{"redirect_uris":[null]}`, `[]`, `{"grant_types":null}`,
		`{"redirect_uris":["https://app.example.com/cb"],"grant_types":["implicit"],"response_types":["id_token"]}`,
		`{"redirect_uris":["https://app.example.com/cb"],"grant_types":["implicit","authorization_code"],"response_types":["token id_token","code"]}`,
		`{"redirect_uris":["https://app.example.com/cb"],"authorization_encrypted_response_enc":"A128GCM","introspection_encrypted_response_alg":["dir"],"introspection_signed_response_alg":"none"}`,
		`{"redirect_uris":["https://app.example.com@evil.com/cb"]}`, `{"redirect_uris":["https://app.example.com\\@evil.com/cb"]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, fault := registration.Read(text)
		if fault == nil {
			var got registration.Registered
			if got, fault = registration.Register(policy(), d); fault == nil {
				within(t, got)
				return
			}
		}
		if fault.Code == "" || fault.Description == "" || strings.ContainsAny(fault.Description, "\"\\\n") || len(fault.Description) > 300 {
			t.Errorf("fault %q: %q", fault.Code, fault.Description)
		}
	})
}

func within(t *testing.T, got registration.Registered) {
	t.Helper()
	if got.Settings["journey"] != "main" || got.Settings["skip_consent"] != nil || got.Settings["id"] != nil || got.Settings["secret"] != nil {
		t.Errorf("settings %v", got.Settings)
	}
	for _, s := range got.Settings["scopes"].([]any) {
		if s != "openid" && s != "email" {
			t.Errorf("scope %v", s)
		}
	}
	kinds, named := got.Settings["response_types"].([]any)
	for _, kind := range kinds {
		if kind != "code" && kind != "id_token" {
			t.Errorf("response type %v", kind)
		}
	}
	if named != slices.Contains(got.Settings["grant_types"].([]any), any("implicit")) || named != slices.Contains(kinds, any("id_token")) {
		t.Errorf("settings %v", got.Settings)
	}
	uris, _ := got.Settings["redirect_uris"].([]any)
	if len(uris) == 0 {
		t.Error("no redirect URI")
	}
	for _, uri := range uris {
		if s := uri.(string); !strings.HasPrefix(strings.ToLower(s), "https://") || strings.Contains(s, "#") {
			t.Errorf("redirect URI %q", s)
		}
	}
	for _, all := range []any{got.Settings, got.Metadata} {
		if _, err := json.Marshal(all); err != nil {
			t.Error(err)
		}
	}
}
