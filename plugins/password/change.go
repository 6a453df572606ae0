package password

import (
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
	password := ctx.Form["new_password"]
	if password == "" || password != ctx.Form["new_password_again"] {
		return c.ask("", "", "These are not the same. Please type the new password twice.")
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
		return c.ask("", words(set.Reason), "")
	}
	return step.Outcome("ok")
}

func words(reason abi.PasswordFault) string {
	switch reason {
	case abi.PasswordTooShort:
		return "This is too short. Please use at least 8 characters."
	case abi.PasswordTooLong:
		return "This is too long."
	case abi.PasswordBreached:
		return "Others know this password: it was published after a theft of data. Please choose another one."
	case abi.PasswordSame:
		return "This is the password that you have. Please choose another one."
	case abi.PasswordCharacters:
	}
	return "This has characters that can't be typed everywhere. Please choose another password."
}

// ask shows the page: notice above the fields, wrong and differ at them. The user
// name is there for password managers.
func (c change) ask(notice, wrong, differ string) step.Result {
	return step.Ask(abi.Prompt{
		Title: "Choose a new password", Text: "Your password has to be changed before you can go on.", Error: notice,
		Fields: []abi.Field{
			{Name: "username", Type: abi.Username, Label: "User name", Value: c.Username, ReadOnly: true},
			{Name: "new_password", Type: abi.NewPassword, Label: "New password", Hint: "At least 8 characters. A few words are better than a few signs.", Required: true, Error: wrong},
			{Name: "new_password_again", Type: abi.NewPassword, Label: "New password, again", Required: true, Error: differ},
		},
		Actions: []abi.Action{{Name: "submit", Label: "Change password"}},
	}).WithState(c)
}
