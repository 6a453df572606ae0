package factor

import (
	"slices"

	"github.com/go-webauthn/webauthn/protocol"

	"github.com/acrhost/acrhost/host/acr"
)

// What an authenticator says of how it verified its user, and of what guards its
// keys (FIDO Registry of Predefined Values 3.1 and 3.2).
const (
	verifiedByFingerprint = 0x002
	verifiedByPasscode    = 0x004
	verifiedByVoice       = 0x008
	verifiedByFace        = 0x010
	verifiedByEye         = 0x040
	verifiedByPattern     = 0x080
	passcodeElsewhere     = 0x800  // typed in outside of the authenticator, such as for a USB key
	patternElsewhere      = 0x1000 // the same
	keysInSoftware        = 0x001
)

// amrOf is what a use of a passkey is worth in words of RFC 8176 section 2. All of
// it is what the authenticator signed.
//
// A key that can be backed up leaves its hardware: swk, as is one whose authenticator
// says so; any other is hwk. user is the test of presence. Where the user was
// verified, the authenticator was unlocked by something that they know or are, so
// that one use has two factors: mfa; and if it says by what, that too.
func amrOf(d protocol.AuthenticatorData) []string {
	key := "hwk"
	if d.Flags.HasBackupEligible() {
		key = "swk"
	}
	var how []string
	if d.Ext != nil {
		for _, m := range d.Ext.UVM {
			if m.KeyProtectionType&keysInSoftware != 0 {
				key = "swk"
			}
			for _, way := range verifiedBy(m.UserVerificationMethod) {
				if !slices.Contains(how, way) {
					how = append(how, way)
				}
			}
		}
	}
	amr := []string{key}
	if d.Flags.HasUserPresent() {
		amr = append(amr, "user")
	}
	if d.Flags.HasUserVerified() {
		amr = append(append(amr, how...), acr.MFA)
	}
	return amr
}

// verifiedBy is a method in words of RFC 8176, whose pin is a PIN or a pattern.
func verifiedBy(method uint32) []string {
	var all []string
	for _, m := range []struct {
		bit uint32
		amr string
	}{
		{verifiedByPasscode | verifiedByPattern | passcodeElsewhere | patternElsewhere, "pin"}, {verifiedByFingerprint, "fpt"}, {verifiedByFace, "face"},
		{verifiedByVoice, "vbm"}, {verifiedByEye, "iris"},
	} {
		if method&m.bit != 0 {
			all = append(all, m.amr)
		}
	}
	return all
}
