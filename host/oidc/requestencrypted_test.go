package oidc_test

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/decrypt"
)

// newSealedRig is a rig whose provider has a key that requests are encrypted to.
func newSealedRig(t *testing.T) *rig {
	t.Helper()
	var text []byte
	for _, name := range []string{"ES256", "RS256"} {
		der, err := x509.MarshalPKCS8PrivateKey(pairs()[name].private)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})...)
	}
	keys, err := decrypt.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	site := publish(t)
	held := config.Client{
		ID: "held", Secret: secret, TokenEndpointAuthMethod: "client_secret_basic", JWKS: keySet("ES256"), RedirectURIs: []string{webURI},
		RequestObjectEncryption: decrypt.Expect{Alg: "RSA-OAEP-256", Enc: "A256GCM"},
	}
	return newRigFor(t, append(requesters(site), held), site, func(r *rig) { r.decrypt = keys })
}

// encryptionKey is the published key for an algorithm.
func (r *rig) encryptionKey(alg string) jose.JSONWebKey {
	r.Helper()
	var set jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(r.get("/jwks", nil).body), &set); err != nil {
		r.Fatal(err)
	}
	i := slices.IndexFunc(set.Keys, func(k jose.JSONWebKey) bool { return k.Use == "enc" && k.Algorithm == alg })
	if i < 0 {
		r.Fatalf("no key for %s in %+v", alg, set.Keys)
	}
	return set.Keys[i]
}

// sealed encrypts a text as a client does, by a library of others.
func (r *rig) sealed(alg, enc, text string) string {
	r.Helper()
	return sealedTo(r.T, r.encryptionKey(alg), alg, enc, text)
}

func sealedTo(t *testing.T, key any, alg, enc, text string) string {
	t.Helper()
	e, err := jose.NewEncrypter(jose.ContentEncryption(enc), jose.Recipient{Algorithm: jose.KeyAlgorithm(alg), Key: key}, (&jose.EncrypterOptions{}).WithContentType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	object, err := e.Encrypt([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := object.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestEncryptedRequestObject: signed, then encrypted (RFC 9101 6.1), by value, pushed and
// by reference.
func TestEncryptedRequestObject(t *testing.T) {
	r := newSealedRig(t)
	signed := by(t, "ES256", r.ask("ro"), nil)
	for _, alg := range decrypt.KeyAlgs() {
		for _, enc := range decrypt.ContentAlgs() {
			if got := r.bySigned("ro", r.sealed(alg, enc, signed), nil).sent(t); got.Get("code") == "" || got.Get("state") != "the state" {
				t.Errorf("%s %s: %v", alg, enc, got)
			}
		}
	}
	raw := r.sealed("ECDH-ES+A256KW", "A128CBC-HS256", signed)
	pushed := r.post("/par", url.Values{"request": {raw}}, basic("ro", secret))
	if pushed.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s", pushed.StatusCode, pushed.body)
	}
	if got := r.get("/authorize", url.Values{"client_id": {"ro"}, "request_uri": {pushed.json(t)["request_uri"].(string)}}).sent(t); got.Get("code") == "" {
		t.Errorf("pushed: %v", got)
	}
	r.published.at("/request", raw)
	if got := r.get("/authorize", url.Values{"client_id": {"ro"}, "request_uri": {r.published.URL + "/request"}}).sent(t); got.Get("code") == "" {
		t.Errorf("by reference: %v", got)
	}
	// Signed alone is good as before.
	if got := r.bySigned("ro", signed, nil).sent(t); got.Get("code") == "" {
		t.Errorf("signed alone: %v", got)
	}
}

// Anybody can encrypt: it proves nothing.
func TestAttackEncryptedRequestObjects(t *testing.T) {
	r := newSealedRig(t)
	ask := r.ask("ro")
	text, err := json.Marshal(ask)
	if err != nil {
		t.Fatal(err)
	}
	seal := func(text string) string { return r.sealed("ECDH-ES+A256KW", "A256GCM", text) }
	for name, raw := range map[string]string{
		"not signed":           seal(string(text)),
		"a stranger signed it": seal(by(t, "other", ask, nil)),
		"encrypted twice":      seal(seal(by(t, "ES256", ask, nil))),
		"for another client":   seal(by(t, "ES256", ask.with(object{"client_id": "web"}), nil)),
		"for somebody else":    sealedTo(t, pairs()["other"].private.Public(), "ECDH-ES+A256KW", "A256GCM", by(t, "ES256", ask, nil)),
		"by another way":       sealedTo(t, r.encryptionKey("RSA-OAEP-256").Key, "RSA-OAEP", "A256GCM", by(t, "ES256", ask, nil)),
	} {
		if got := r.bySigned("ro", raw, outside()).sent(t); got.Get("error") != "invalid_request_object" {
			t.Errorf("%s: %v", name, got)
		}
	}
	// As outside: request_not_supported, and invalid_request_object of who promised to sign.
	r.wantSent(r.bySigned("ro", seal(unsigned(ask, "none")), outside()), "request_not_supported")
	r.wantSent(r.bySigned("ro-ps", seal(unsigned(r.ask("ro-ps"), "none")), outside()), "invalid_request_object")
	// A client that says how it encrypts is held to it, and one without keys can't sign.
	held := by(t, "ES256", r.ask("held"), nil)
	r.wantSent(r.bySigned("held", r.sealed("ECDH-ES+A256KW", "A256GCM", held), outside()), "invalid_request_object")
	if got := r.bySigned("held", r.sealed("RSA-OAEP-256", "A256GCM", held), nil).sent(t); got.Get("code") == "" {
		t.Errorf("as it says: %v", got)
	}
	r.wantSent(r.bySigned("web", seal(by(t, "ES256", r.ask("web"), nil)), outside()), "request_not_supported")
}

// Off, as it is without a key: nothing is offered, and an encrypted object is refused.
func TestNoEncryptedRequestObjects(t *testing.T) {
	r, on := newRequestRig(t), newSealedRig(t)
	const name = "request_object_encryption_alg_values_supported"
	if got := on.get("/.well-known/openid-configuration", nil).json(t); !slices.Equal(got[name].([]any), []any{"RSA-OAEP-256", "ECDH-ES+A256KW"}) || got["request_object_encryption_enc_values_supported"] == nil {
		t.Errorf("%v", got[name])
	}
	if got := r.get("/.well-known/openid-configuration", nil).json(t); got[name] != nil || got["request_object_encryption_enc_values_supported"] != nil {
		t.Errorf("offered: %v", got[name])
	}
	raw := on.sealed("ECDH-ES+A256KW", "A256GCM", by(t, "ES256", r.ask("ro"), nil))
	r.wantSent(r.bySigned("ro", raw, outside()), "invalid_request_object")
	if r.login.count() != 0 {
		t.Error("a login was started")
	}
	// The key set is asked for again only when it has changed.
	first := on.get("/jwks", nil)
	if tag := first.Header.Get("ETag"); tag == "" || tag == r.get("/jwks", nil).Header.Get("ETag") {
		t.Errorf("ETag %q", tag)
	}
}

// What a client registers must be possible here.
func TestRegisteredRequestEncryption(t *testing.T) {
	r := newRegistry(t, open)
	r.refusedMetadata(r.send(http.MethodPost, "/register", "", metadata(object{"request_object_encryption_alg": "RSA-OAEP-256"})))
	r.book.Config.Keys.Decrypt = newSealedRig(t).decrypt
	keys := object{"jwks": json.RawMessage(keySet("ES256")), "request_object_encryption_alg": "RSA-OAEP-256"}
	if a := r.send(http.MethodPost, "/register", "", metadata(keys)); a.StatusCode != http.StatusCreated {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	r.refusedMetadata(r.send(http.MethodPost, "/register", "", metadata(keys.with(object{"request_object_encryption_alg": "RSA1_5"}))))
}
