package login

import (
	"encoding/json"
	"testing"

	"github.com/acrhost/acrhost/host/record/recordtest"
)

func TestStateRecord(t *testing.T) { recordtest.Check(t, stateRecord) }

// BenchmarkState reads and writes the state of a login that shows its first page.
func BenchmarkState(b *testing.B) {
	document := []byte(waiting)
	var s state
	if err := stateRecord.Parse(document, &s); err != nil {
		b.Fatal(err)
	}
	for name, do := range map[string]func() error{
		"read":                  func() error { return stateRecord.Parse(document, &state{}) },
		"read by encoding/json": func() error { return json.Unmarshal(document, &state{}) },
		"write": func() error {
			_, err := stateRecord.Append(make([]byte, 0, stateSize), &s)
			return err
		},
		"write by encoding/json": func() error {
			_, err := json.Marshal(s)
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

const waiting = `{"run":{"id":"r_BVQWNPICQHO5GYCYT443SSV2UBLIMTZK5","release":"rel_6073f19f4078266e747d685972098235","journey":"bench","started_at":"2026-11-28T20:13:28.823Z","deadline":"2026-11-28T20:28:28.823Z",` +
	`"request":{"client_id":"bench","acr_values":[],"acr_essential":false,"scope":["openid","profile","email","offline_access"],"prompt":[],"max_age":null,"login_hint":null,"ui_locales":[]},"interactive":true,` +
	`"device":{"ip":"127.0.0.1","user_agent":"Mozilla/5.0"},"session":{"present":false},"stack":[{"journey":"bench","step":"sign-in","visits":{"sign-in":1}}],"path":["sign-in"],"vars":{},"acr":null,"trail":null,` +
	`"subject":null,"evidence":null,"claims":null,"amr":null,"upstream":null,"calls":1,"modules":["sha256:08d24f3f42553b026fd96e943b19691a11394d43de3312f88144164a8c2d7c0b"],"prompt":{"title":"Sign in","fields":[` +
	`{"name":"username","type":"username","label":"User name","required":true},{"name":"password","type":"password","label":"Password","required":true}],"actions":[{"name":"submit","label":"Continue"}]}},` +
	`"browser":"XCFqtC2uzFIqPLkyxm8bb1X2J90tWjawQOp6EI5O7uI","sequence":0,"for":"oidc","client":"bench","form_target":"http://127.0.0.1:9","resume":{"to":{"uri":"http://127.0.0.1:9/cb","mode":"query","state":"s"},"nonce":"n"}}`
