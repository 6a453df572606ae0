package factor

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Shown is what a page shows in a field whose content comes from the host: the step
// that asked for the field never sees it.
type Shown struct {
	Options json.RawMessage // passkey_get, passkey_create: for navigator.credentials
	Secret  string          // totp_create: to type into an app
	URI     string          // totp_create: for the QR code
	Codes   []string        // recovery_codes
}

// Show is what a run's page has in a field of this type; the zero value when nothing
// was begun, or it is too late.
func (s *Service) Show(ctx context.Context, run string, t abi.FieldType) (Shown, error) {
	var shown Shown
	var err error
	switch t {
	case abi.PasskeyGet, abi.PasskeyCreate:
		var begun passkeyCeremony
		err = s.look(ctx, run, string(t), &begun)
		shown.Options = begun.Options
	case abi.TOTPCreate:
		var begun newApp
		err = s.look(ctx, run, totpCreate, &begun)
		shown.Secret, shown.URI = begun.Secret, begun.URI
	case abi.RecoveryCodes:
		var begun newCodes
		err = s.look(ctx, run, recoveryCodes, &begun)
		shown.Codes = begun.Codes
	}
	if errors.Is(err, store.ErrNotFound) {
		return Shown{}, nil
	}
	return shown, err
}
