package factor_test

import (
	"crypto/x509"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

func newMaker(t *testing.T) *hosttest.Maker {
	t.Helper()
	m, err := hosttest.NewMaker()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// trusting is a configuration that believes these makers.
func trusting(makers ...*hosttest.Maker) func(*factor.Config) {
	return func(c *factor.Config) {
		c.Passkeys.Attestation, c.Passkeys.Makers = "direct", x509.NewCertPool()
		for _, m := range makers {
			c.Passkeys.Makers.AddCert(m.Root)
		}
	}
}

// TestAttestation: with makers named, only a key that one of them vouches for counts
// as one in hardware, when it is added and whenever it is used.
func TestAttestation(t *testing.T) {
	maker, stranger := newMaker(t), newMaker(t)
	as := func(m *hosttest.Maker) func(string) string {
		return func(response string) string {
			signed, err := m.Attest(response)
			if err != nil {
				t.Fatal(err)
			}
			return signed
		}
	}
	itself := func(response string) string { return response }
	synced := virtualwebauthn.AuthenticatorOptions{BackupEligible: true, BackupState: true}
	for _, test := range []struct {
		name    string
		options virtualwebauthn.AuthenticatorOptions
		attest  func(string) string
		want    string
	}{
		{"by a maker", virtualwebauthn.AuthenticatorOptions{}, as(maker), "hwk"},
		{"by somebody else", virtualwebauthn.AuthenticatorOptions{}, as(stranger), "pop"},
		{"by the key itself", virtualwebauthn.AuthenticatorOptions{}, itself, "pop"},
		{"by a maker, and synced", synced, as(maker), "swk"},
		{"synced", synced, itself, "swk"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, trusting(maker))
			d := newDevice(virtualwebauthn.KeyTypeEC2, alice, test.options)
			w.ok(w.BeginPasskeyRegistration(t.Context(), "r_1", alice, "", w.both()))
			options := w.show("r_1", abi.PasskeyCreate).Options
			if !strings.Contains(string(options), `"attestation":"direct"`) {
				t.Errorf("attestation isn't asked for: %s", options)
			}
			proof, err := w.FinishPasskeyRegistration(t.Context(), "r_1", alice, test.attest(d.attest(t, options)), "", w.both())
			w.ok(err)
			if proof.AMR[0] != test.want {
				t.Errorf("registered as %q, want %s", proof.AMR, test.want)
			}
			proof, err = w.finish("r_2", alice, d.assert(t, w.begin("r_2", alice)))
			w.ok(err)
			if got := strings.Join(proof.AMR, " "); got != test.want+" user mfa" {
				t.Errorf("used as %q, want %s", got, test.want)
			}
		})
	}
}

// TestAttestationForged: a maker's certificate with a signature that is not by its key
// is no attestation, and no registration either.
func TestAttestationForged(t *testing.T) {
	maker, stranger := newMaker(t), newMaker(t)
	w, d := newWorld(t, trusting(maker)), deviceOf(alice)
	options := w.beginRegistration("r_1", alice)
	genuine, err := maker.Attest(d.attest(t, options))
	w.ok(err)
	forged, err := stranger.AttestAs(maker, genuine)
	w.ok(err)
	refused(t, w.finishRegistration("r_1", alice, forged), factor.ErrRefused, "ignature")
}
