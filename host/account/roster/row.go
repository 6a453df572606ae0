package roster

import (
	"fmt"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/store"
)

// Row is one user. What a file does not say is nil, or empty, and stays as it is when
// a user is updated.
type Row struct {
	ID             string         `json:"id,omitzero"` // the claim sub; a new one when empty
	Name           string         `json:"name"`
	Email          *string        `json:"email,omitzero"`
	EmailVerified  *bool          `json:"email_verified,omitzero"`
	Phone          *string        `json:"phone,omitzero"`
	PhoneVerified  *bool          `json:"phone_verified,omitzero"`
	Claims         map[string]any `json:"claims,omitzero"`
	Disabled       *bool          `json:"disabled,omitzero"`
	PasswordHash   string         `json:"password_hash,omitzero"`
	ChangePassword *bool          `json:"change_password,omitzero"` // at the next login
	Password       string         `json:"password,omitzero"`        // in the clear

	line int
}

// Fault is what is wrong with a row. It never repeats a password or a hash.
type Fault struct {
	Line    int
	Message string
}

func fault(line int, format string, args ...any) Fault {
	return Fault{Line: line, Message: fmt.Sprintf(format, args...)}
}

func (r Row) newUser() account.NewUser {
	return account.NewUser{
		ID: r.ID, Name: r.Name, Email: or(r.Email), EmailVerified: or(r.EmailVerified),
		Phone: or(r.Phone), PhoneVerified: or(r.PhoneVerified), Claims: r.Claims, Disabled: or(r.Disabled),
		Password: r.Password, PasswordHash: r.PasswordHash, Change: or(r.ChangePassword),
	}
}

func (r Row) change() account.Change {
	return account.Change{
		Email: r.Email, EmailVerified: r.EmailVerified, Phone: r.Phone, PhoneVerified: r.PhoneVerified,
		Claims: r.Claims, Disabled: r.Disabled,
		Password: r.Password, PasswordHash: r.PasswordHash, MustChange: r.ChangePassword,
	}
}

// rowOf is a user as it is exported: with every member, so that an import that
// updates the same user leaves nothing of what was there.
func rowOf(u store.User) Row {
	claims := map[string]any{}
	for name, value := range u.Claims {
		if !account.ReservedClaim(name) {
			claims[name] = value
		}
	}
	return Row{
		ID: u.ID, Name: u.Name, Email: &u.Email, EmailVerified: &u.EmailVerified,
		Phone: &u.Phone, PhoneVerified: &u.PhoneVerified, Claims: claims, Disabled: &u.Disabled,
	}
}

// or is what a pointer points at, or the zero value.
func or[V any](v *V) V {
	if v == nil {
		return *new(V)
	}
	return *v
}
