package password

import (
	"github.com/acrhost/acrhost/plugins/newpassword"
	"github.com/acrhost/acrhost/plugins/patience"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// change is what the step keeps while the user chooses another password: whose it is.
// That the old one was verified is the host's to know.
type change struct {
	Username string `json:"username"`
}

// chosen sets the password that the user chose. Nothing but that lets them pass.
func (s Step) chosen(ctx *step.Context, c change) step.Result {
	password := ctx.Form[newpassword.First]
	if password == "" || password != ctx.Form[newpassword.Second] {
		return c.ask("", "", newpassword.Differ)
	}
	set, err := capability.SetPassword(ctx, password)
	switch step.Status(err) {
	case abi.OK:
	case abi.LimitReached:
		return c.ask(patience.TooManyTries(0), "", "")
	case abi.Denied:
		// It took too long, or somebody else changed the password meanwhile.
		p := s.page(ctx)
		p.Error = "Please sign in once more."
		return step.Ask(p)
	default:
		return step.Failed(err)
	}
	if !set.OK {
		return c.ask("", newpassword.Words(set.Reason), "")
	}
	return step.Outcome("ok")
}

// ask shows the page: notice above the fields, wrong and differ at them. The user
// name is there for password managers.
func (c change) ask(notice, wrong, differ string) step.Result {
	return step.Ask(abi.Prompt{
		Title: "Choose a new password", Text: "Your password has to be changed before you can go on.", Error: notice,
		Fields: append([]abi.Field{
			{Name: "username", Type: abi.Username, Label: "User name", Value: c.Username, ReadOnly: true},
		}, newpassword.Fields(wrong, differ)...),
		Actions: []abi.Action{{Name: "submit", Label: "Change password"}},
	}).WithState(c)
}
