// Package newpassword is the part of a page on which a user chooses a password, the
// same in all steps.
package newpassword

import "github.com/acrhost/acrhost/sdk/go/abi"

// The names of the fields.
const (
	First  = "new_password"
	Second = "new_password_again"
)

// Differ is what stands at the second field when it is not the first one's.
const Differ = "These are not the same. Please type the new password twice."

// Fields are the two fields, with what is wrong with either.
func Fields(wrong, differ string) []abi.Field {
	return []abi.Field{
		{Name: First, Type: abi.NewPassword, Label: "New password", Hint: "At least 8 characters. A few words are better than a few signs.", Required: true, Error: wrong},
		{Name: Second, Type: abi.NewPassword, Label: "New password, again", Required: true, Error: differ},
	}
}

// Words say why the host did not take a password.
func Words(reason abi.PasswordFault) string {
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
