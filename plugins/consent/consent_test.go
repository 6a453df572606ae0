package consent_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/plugins/consent"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

func asked(t *testing.T, scope ...string) *steptest.Call {
	return steptest.New(t, consent.Type()).Subject("u1", "alice").Capability("consent_check", remembered(false)).Input(func(in *abi.Input) { in.Request.Scope = append([]string{}, scope...) })
}

// remembered is a host that knows of a consent, or of none.
func remembered(given bool) steptest.Double {
	return steptest.Fake(func(abi.ConsentCheck) (abi.Status, abi.Verified) { return abi.OK, abi.Verified{OK: given} })
}

// Who allowed all of it before is not asked again, unless the client wants it.
func TestAllowedBefore(t *testing.T) {
	before := func() *steptest.Call {
		return asked(t, "openid", "email").Capability("consent_check", remembered(true))
	}
	if got := before().Run(); got.Outcome != "ok" {
		t.Errorf("got %+v", got)
	}
	anew := before().Input(func(in *abi.Input) {
		in.Request.Scope, in.Request.Prompt = []string{"openid", "email"}, []string{"consent"}
	})
	if got := anew.Run(); got.Prompt == nil {
		t.Errorf("prompt=consent: got %+v", got)
	}
}

// A host that does not tell has the user asked; one that fails fails the step.
func TestNotTold(t *testing.T) {
	if got := asked(t, "openid", "email").Capability("consent_check", steptest.Refuse(abi.Denied)).Run(); got.Prompt == nil {
		t.Errorf("got %+v", got)
	}
	if got := asked(t, "openid", "email").Capability("consent_check", steptest.Refuse(abi.UpstreamFault)).Run(); got.Error == nil {
		t.Errorf("got %+v", got)
	}
}

func item(n, scope, words string) abi.Field {
	return abi.Field{Name: "scope-" + n, Type: abi.Info, Label: scope, Value: words}
}

// Each scope is listed once, in words; openid is none that the user could deny.
func TestLists(t *testing.T) {
	got := asked(t, "openid", "profile", "email", "profile", "phone", "address", "offline_access", "<b>pay</b>").Run()
	want := abi.Output{Prompt: &abi.Prompt{
		Title: "Allow access?", Text: "The application asks for:",
		Fields: []abi.Field{
			item("1", "profile", "Your name and your profile"), item("2", "email", "Your e-mail address"), item("3", "phone", "Your phone number"),
			item("4", "address", "Your postal address"), item("5", "offline_access", "All of this also while you are not signed in"),
			item("6", "<b>pay</b>", "Access that the application calls <b>pay</b>"),
		},
		Actions: []abi.Action{{Name: "approve", Label: "Allow"}, {Name: "deny", Label: "Don’t allow"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func TestListsInTheOperatorsWords(t *testing.T) {
	got := asked(t, "openid", "pay", "email", "internal").
		Config(`{"title":"Pay?","text":"It wants to:","scopes":{"pay":"Make payments"},"hidden":["internal"]}`).Run()
	want := []abi.Field{item("1", "pay", "Make payments"), item("2", "email", "Your e-mail address")}
	if diff := cmp.Diff(want, got.Prompt.Fields); diff != "" || got.Prompt.Title != "Pay?" || got.Prompt.Text != "It wants to:" {
		t.Errorf("got %+v: %s", got.Prompt, diff)
	}
}

// Attack: a client asks for what its scopes do not say, by the parameter claims or as
// authorization details. Both are listed, whatever scopes the operator hides.
func TestListsWhatIsBesideTheScope(t *testing.T) {
	got := asked(t, "openid").Config(`{"hidden":["email"],"details":{"pay":"A payment"}}`).Input(func(in *abi.Input) {
		in.Request.Claims = []string{"address", "email", "website"}
		in.Request.AuthorizationDetails = []map[string]any{{"type": "pay", "to": "mallory", "amount": 5.0}, {"type": "see"}}
	}).Run()
	if got.Prompt == nil {
		t.Fatalf("nobody was asked: %+v", got)
	}
	want := []abi.Field{
		{Name: "claim-1", Type: abi.Info, Label: "address", Value: "Your postal address"},
		{Name: "claim-2", Type: abi.Info, Label: "email", Value: "Your e-mail address"},
		{Name: "claim-3", Type: abi.Info, Label: "website", Value: "What your profile says as website"},
		{Name: "detail-1", Type: abi.Info, Label: "A payment", Value: `amount: 5; to: "mallory"`},
		{Name: "detail-2", Type: abi.Info, Label: "see"},
	}
	if diff := cmp.Diff(want, got.Prompt.Fields); diff != "" {
		t.Error(diff)
	}
}

func TestNothingToAsk(t *testing.T) {
	for _, c := range []*steptest.Call{
		asked(t), asked(t, "openid"), asked(t, "openid", "internal").Config(`{"hidden":["internal"]}`),
	} {
		if got := c.Run(); got.Outcome != "ok" {
			t.Errorf("got %+v", got)
		}
	}
}

// Nothing but the button that says so allows anything.
func TestAnswered(t *testing.T) {
	for action, want := range map[string]string{"approve": "ok", "deny": "denied", "submit": "denied", "": "denied", "Approve": "denied", "allow": "denied"} {
		given := 0
		give := steptest.Fake(func(abi.Nothing) (abi.Status, abi.Nothing) {
			given++
			return abi.OK, abi.Nothing{}
		})
		got := asked(t, "openid", "email").Capability("consent_give", give).Answer(action, nil).Run()
		if got.Outcome != want || (given == 1) != (want == "ok") {
			t.Errorf("%q: got %+v, consent given %d times", action, got, given)
		}
	}
	none := asked(t, "openid", "email").Answer("approve", nil).Input(func(in *abi.Input) { in.Action = nil })
	if got := none.Run(); got.Outcome != "denied" {
		t.Errorf("no button: got %+v", got)
	}
}

// prompt=consent is met by being asked, also where no scope is worth a question.
func TestAsksWhenConsentIsDemanded(t *testing.T) {
	got := asked(t, "openid").Input(func(in *abi.Input) { in.Request.Prompt = []string{"consent"} }).Run()
	if got.Prompt == nil {
		t.Errorf("got %+v", got)
	}
}

// A consent that the host does not take is none.
func TestConsentNotTaken(t *testing.T) {
	got := asked(t, "openid", "email").Capability("consent_give", steptest.Refuse(abi.Denied)).Answer("approve", nil).Run()
	if got.Error == nil || got.Error.Code != "denied" {
		t.Errorf("got %+v", got)
	}
}

func TestConfigRefused(t *testing.T) {
	if fault := asked(t).Config(`{"hidden":"openid"}`).Fault(); fault.Code != "config" {
		t.Errorf("error %+v", fault)
	}
}
