package selfservice

import (
	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/factor"
)

// kind is one kind of thing that users prove themselves with.
type kind struct {
	name    string // as the step type enroll has it
	factor  string // as package factor has it
	section string // the id of its part of the page
	title   string // of that part
	add     string // on the button, when the user has none
	more    string // on the button, when the user has one
	added   string // what the user is told afterwards
	named   bool   // users give it a name, and may have several
}

// kinds are all that there are, in the order of the page.
func kinds() []kind {
	return []kind{
		{"password", factor.Password, "password", "Password", "Choose a password", "Change the password", "Your password was changed.", false},
		{"passkey", factor.Passkey, "passkeys", "Passkeys", "Add a passkey", "Add another passkey", "The passkey was added.", true},
		{"totp", factor.TOTP, "apps", "Authenticator apps", "Add an app", "Add another app", "The authenticator app was added.", true},
		{"recovery-codes", factor.Recovery, "recovery-codes", "Recovery codes", "Make recovery codes", "Make new codes", "Your new recovery codes count from now on.", false},
		{"phone", deliver.SMS, "phone", "Phone number", "Add a phone number", "Change the number", "The phone number was added.", false},
		{"email", deliver.Email, "email", "E-mail address", "Add an e-mail address", "Change the address", "The e-mail address was added.", false},
	}
}

// kindNamed finds a kind by the name that the step type enroll has for it.
func kindNamed(name string) (kind, bool) {
	return find(func(k kind) bool { return k.name == name })
}

// kindOf finds the kind of an item.
func kindOf(i factor.Item) (kind, bool) {
	return find(func(k kind) bool { return k.factor == i.Kind })
}

func find(fits func(kind) bool) (kind, bool) {
	for _, k := range kinds() {
		if fits(k) {
			return k, true
		}
	}
	return kind{}, false
}
