package enroll_test

import (
	"testing"

	"github.com/acrhost/acrhost/plugins/enroll"
	"github.com/acrhost/acrhost/plugins/newpassword"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

func changing(t *testing.T, has bool) *steptest.Call {
	t.Helper()
	return steptest.New(t, enroll.Type()).Config(`{"factor":"password","skippable":true}`).Subject("u1", "alice").
		Capability("user_factors", steptest.Fake(func(abi.Nothing) (abi.Status, abi.UserFactors) { return abi.OK, abi.UserFactors{Password: has} }))
}

func TestPasswordPage(t *testing.T) {
	for has, fields := range map[bool][]string{true: {"username", "password", newpassword.First, newpassword.Second}, false: {"username", newpassword.First, newpassword.Second}} {
		got := changing(t, has).Run()
		if got.Prompt == nil || len(got.Prompt.Fields) != len(fields) {
			t.Fatalf("got %+v", got)
		}
		for i, f := range got.Prompt.Fields {
			if f.Name != fields[i] {
				t.Errorf("field %s, want %s", f.Name, fields[i])
			}
		}
	}
}

// TestPasswordIsChanged: the old one is asked for before the new one is set, and the
// host is asked to set nothing that the user did not type twice.
func TestPasswordIsChanged(t *testing.T) {
	for name, row := range map[string]struct {
		state, old, first, second string
		verified, set             abi.Status
		right                     bool
		reason                    abi.PasswordFault
		outcome, asked, wrongAt   string
	}{
		"changed":           {state: `{"has_password":true}`, old: "old", first: "new tulip", second: "new tulip", right: true, outcome: "ok", asked: "verify set "},
		"added":             {state: `{"has_password":false}`, first: "new tulip", second: "new tulip", outcome: "ok", asked: "set "},
		"not the same":      {state: `{"has_password":true}`, old: "old", first: "new tulip", second: "new rose", right: true, wrongAt: newpassword.Second},
		"wrong old one":     {state: `{"has_password":true}`, old: "guess", first: "new tulip", second: "new tulip", asked: "verify ", wrongAt: "password"},
		"refused":           {state: `{"has_password":true}`, old: "old", first: "short", second: "short", right: true, reason: abi.PasswordTooShort, asked: "verify set ", wrongAt: newpassword.First},
		"too many tries":    {state: `{"has_password":true}`, old: "guess", first: "new tulip", second: "new tulip", verified: abi.LimitReached, asked: "verify ", wrongAt: "page"},
		"not strong enough": {state: `{"has_password":false}`, first: "new tulip", second: "new tulip", set: abi.Denied, outcome: "skipped", asked: "set "},
	} {
		t.Run(name, func(t *testing.T) {
			asked := ""
			got := changing(t, true).State(row.state).
				Capability("password_verify", steptest.Fake(func(q abi.PasswordVerify) (abi.Status, abi.Verified) {
					asked += "verify "
					return row.verified, abi.Verified{OK: row.right, RetryAfter: 9}
				})).
				Capability("password_set", steptest.Fake(func(q abi.PasswordSet) (abi.Status, abi.PasswordChosen) {
					asked += "set "
					return row.set, abi.PasswordChosen{OK: row.reason == "" && q.Password == row.first, Reason: row.reason}
				})).
				Answer("submit", map[string]string{"password": row.old, newpassword.First: row.first, newpassword.Second: row.second}).Run()
			if got.Outcome != row.outcome || asked != row.asked {
				t.Errorf("got %+v, asked %q", got, asked)
			}
			if row.wrongAt != "" && !wrongAt(got.Prompt, row.wrongAt) {
				t.Errorf("nothing is wrong at %s: %+v", row.wrongAt, got.Prompt)
			}
		})
	}
	if got := changing(t, true).Answer("skip", nil).Run(); got.Outcome != "skipped" {
		t.Errorf("skip: got %+v", got)
	}
}

func wrongAt(p *abi.Prompt, where string) bool {
	if p == nil {
		return false
	}
	if where == "page" {
		return p.Error != ""
	}
	for _, f := range p.Fields {
		if f.Name == where {
			return f.Error != ""
		}
	}
	return false
}
