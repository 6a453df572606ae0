package factor_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/descope/virtualwebauthn"
	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// device is an authenticator with one passkey, in a browser at the right origin.
type device struct {
	rp   virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	key  virtualwebauthn.Credential
}

// sizeOfEC is that of an ES256 key in COSE: the library leaves out the zeros in front
// of a coordinate, and makes a key that is none.
const sizeOfEC = 77

func newDevice(kind virtualwebauthn.KeyType, user string, o virtualwebauthn.AuthenticatorOptions) *device {
	o.UserHandle = []byte(user)
	d := &device{
		rp:   virtualwebauthn.RelyingParty{ID: rpID, Name: "Example Bank", Origin: issuer},
		auth: virtualwebauthn.NewAuthenticatorWithOptions(o), key: virtualwebauthn.NewCredential(kind),
	}
	for kind == virtualwebauthn.KeyTypeEC2 && len(d.key.Key.AttestationData()) != sizeOfEC {
		d.key = virtualwebauthn.NewCredential(kind)
	}
	return d
}

func deviceOf(user string) *device {
	return newDevice(virtualwebauthn.KeyTypeEC2, user, virtualwebauthn.AuthenticatorOptions{})
}

// attest answers the creation options of a page, as the library does it: with
// self-attestation.
func (d *device) attest(t testing.TB, options []byte) string {
	t.Helper()
	parsed, err := virtualwebauthn.ParseAttestationOptions(string(options))
	if err != nil {
		t.Fatalf("creation options: %v in %s", err, options)
	}
	return virtualwebauthn.CreateAttestationResponse(d.rp, d.auth, d.key, *parsed)
}

// assert answers the request options of a page, and counts.
func (d *device) assert(t testing.TB, options []byte) string {
	t.Helper()
	parsed, err := virtualwebauthn.ParseAssertionOptions(string(options))
	if err != nil {
		t.Fatalf("request options: %v in %s", err, options)
	}
	d.key.Counter++
	return virtualwebauthn.CreateAssertionResponse(d.rp, d.auth, d.key, *parsed)
}

// registered is a new device whose passkey the user has.
func (w *world) registered(user string, d *device) *device {
	w.t.Helper()
	run := "register " + user
	w.ok(w.BeginPasskeyRegistration(w.t.Context(), run, user, "", w.both()))
	_, err := w.FinishPasskeyRegistration(w.t.Context(), run, user, d.attest(w.t, w.show(run, abi.PasskeyCreate).Options), "", w.both())
	w.ok(err)
	return d
}

// begin begins a login in a run and gives the page's options; user is empty for
// whoever has a passkey.
func (w *world) begin(run, user string) []byte {
	w.t.Helper()
	w.ok(w.BeginPasskeyLogin(w.t.Context(), run, user, ""))
	return w.show(run, abi.PasskeyGet).Options
}

func (w *world) finish(run, user, response string) (factor.Proof, error) {
	return w.FinishPasskeyLogin(w.t.Context(), run, user, response)
}

// The flags of authenticator data (WebAuthn 6.1).
const (
	userPresent    = 0x01
	userVerified   = 0x04
	backupEligible = 0x08
	backupState    = 0x10
	attested       = 0x40
	extended       = 0x80
)

// answer is what a browser sends, before the device signs it: attacks change it.
type answer struct {
	device     *device
	kind       string
	challenge  string
	origin     string
	rpID       string
	flags      byte
	counter    uint32
	extensions map[string]any
	handle     []byte
	signed     func(response map[string]any) // changes what the device has signed
	public     string                        // the type of the credential
}

// answering is an answer to a page's options with which all is well.
func answering(t testing.TB, d *device, kind string, options []byte) answer {
	t.Helper()
	var o struct {
		Challenge string `json:"challenge"`
	}
	if err := json.Unmarshal(options, &o); err != nil {
		t.Fatalf("options: %v in %s", err, options)
	}
	return answer{
		device: d, kind: kind, challenge: o.Challenge, origin: issuer, rpID: rpID,
		flags: userPresent | userVerified, counter: d.key.Counter + 1, handle: d.auth.Options.UserHandle, public: "public-key",
	}
}

func (a answer) clientData() []byte {
	return mustJSON(map[string]any{"type": a.kind, "challenge": a.challenge, "origin": a.origin, "crossOrigin": false})
}

// data is the authenticator data, with the attested key where there is one.
func (a answer) data(key []byte) []byte {
	sum := sha256.Sum256([]byte(a.rpID))
	flags := a.flags
	var extensions []byte
	if a.extensions != nil {
		flags |= extended
		extensions = mustCBOR(a.extensions)
	}
	data := append(sum[:], flags)
	data = binary.BigEndian.AppendUint32(data, a.counter)
	return append(append(data, key...), extensions...)
}

// get is an assertion.
func (a answer) get() string {
	clientData, data := a.clientData(), a.data(nil)
	hash := sha256.Sum256(clientData)
	digest := sha256.Sum256(append(bytes.Clone(data), hash[:]...))
	signature, err := a.device.key.Key.Sign(digest[:])
	if err != nil {
		panic(err) // a key of the test's own
	}
	return a.response(map[string]any{
		"clientDataJSON": base64URL(clientData), "authenticatorData": base64URL(data),
		"signature": base64URL(signature), "userHandle": base64URL(a.handle),
	})
}

// create is a registration without attestation.
func (a answer) create() string {
	key := append(bytes.Clone(a.device.auth.Aaguid[:]), byte(len(a.device.key.ID)>>8), byte(len(a.device.key.ID)))
	key = append(append(key, a.device.key.ID...), a.device.key.Key.AttestationData()...)
	a.flags |= attested
	object := mustCBOR(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": a.data(key)})
	return a.response(map[string]any{"clientDataJSON": base64URL(a.clientData()), "attestationObject": base64URL(object)})
}

func (a answer) response(response map[string]any) string {
	if a.signed != nil {
		a.signed(response)
	}
	id := base64URL(a.device.key.ID)
	return string(mustJSON(map[string]any{"id": id, "rawId": id, "type": a.public, "response": response}))
}

func base64URL(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and numbers of the test's own
	}
	return b
}

func mustCBOR(v any) []byte {
	b, err := webauthncbor.Marshal(v)
	if err != nil {
		panic(err) // as mustJSON
	}
	return b
}
