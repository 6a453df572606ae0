package factor

import (
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

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

// How a key is guarded, in words of RFC 8176 section 2 and, for pop, of the registry
// that it began: in hardware that it can't leave; on one device, and nobody knows how;
// in software, or on every device of its user.
const (
	inHardware = "hwk"
	onDevice   = "pop"
	inSoftware = "swk"
)

// bound is how the key is guarded if it can't be backed up: without makers the
// authenticator's own word counts.
func (p *relyingParty) bound(key *webauthn.Credential, registered time.Time) string {
	if p.makers == nil || vouched(p.makers, key, registered) {
		return inHardware
	}
	return onDevice
}

// amrOf is what a use of a passkey is worth in words of RFC 8176 section 2. All of
// it is what the authenticator signed, but for key, which is how it is guarded if it
// can't be backed up.
//
// A key that can be backed up leaves its hardware: swk, as is one whose authenticator
// says so. user is the test of presence. Where the user was verified, the
// authenticator was unlocked by something that they know or are, so that one use has
// two factors: mfa; and if it says by what, that too.
func amrOf(d protocol.AuthenticatorData, key string) []string {
	if d.Flags.HasBackupEligible() {
		key = inSoftware
	}
	var how []string
	if d.Ext != nil {
		for _, m := range d.Ext.UVM {
			if m.KeyProtectionType&keysInSoftware != 0 {
				key = inSoftware
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
