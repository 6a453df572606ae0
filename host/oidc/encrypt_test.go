package oidc_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/token"
)

// sealedClient gets its ID tokens and userinfo as it says.
func sealedClient(c config.Client) config.Client {
	c.ID, c.Secret, c.RedirectURIs = "sealed", secret, []string{webURI}
	return c
}

// decrypted opens a JWE by a library that is not the provider's.
func decrypted(t *testing.T, raw, alg, enc, pair string) (header jose.Header, payload string) {
	t.Helper()
	sealed, err := jose.ParseEncryptedCompact(raw, []jose.KeyAlgorithm{jose.KeyAlgorithm(alg)}, []jose.ContentEncryption{jose.ContentEncryption(enc)})
	if err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	plain, err := sealed.Decrypt(pairs()[pair].private)
	if err != nil {
		t.Fatal(err)
	}
	return sealed.Header, string(plain)
}

func (r *rig) sealedTokens() map[string]any {
	r.Helper()
	code := r.code("sealed", url.Values{"redirect_uri": {webURI}})
	return r.post("/token", exchange(code, url.Values{"redirect_uri": {webURI}, "client_id": nil}), basic("sealed", secret)).json(r.T)
}

func TestEncryptedIDToken(t *testing.T) {
	for _, alg := range clientkey.KeyAlgs() {
		for _, enc := range clientkey.ContentAlgs() {
			t.Run(alg+" "+enc, func(t *testing.T) {
				pair := "ES256"
				if strings.HasPrefix(alg, "RSA") {
					pair = "RS256"
				}
				r := newRigWith(t, append(clients(), sealedClient(config.Client{
					JWKS: keySet("EdDSA", pair), IDTokenSignedResponseAlg: token.EdDSA, IDTokenEncryption: clientkey.Encryption{Alg: alg, Enc: enc},
				})))
				raw := r.sealedTokens()["id_token"].(string)
				header, payload := decrypted(t, raw, alg, enc, pair)
				if header.ExtraHeaders["cty"] != "JWT" || header.KeyID != pairs()[pair].kid {
					t.Errorf("header %+v", header)
				}
				got := claims(t, payload)
				if got["sub"] != "u-alice" || got["aud"] != "sealed" || strings.Contains(raw, "u-alice") {
					t.Errorf("claims %v", got)
				}
				// What is inside is a hint; the provider can't open the outside, and says so.
				q := url.Values{"redirect_uri": {webURI}, "id_token_hint": {payload}}
				r.wantCode(r.get("/authorize", good("sealed", q)))
				q.Set("id_token_hint", raw)
				r.wantSent(r.get("/authorize", good("sealed", q)), "invalid_request")
			})
		}
	}
}

// A client whose key is gone gets no token, and never one in the clear.
func TestEncryptedIDTokenWithoutKey(t *testing.T) {
	site := publish(t)
	r := newRigFor(t, append(clients(), sealedClient(config.Client{
		JWKSURI: site.at("/jwks.json", string(keySet("EdDSA"))), IDTokenEncryption: clientkey.Encryption{Alg: "ECDH-ES", Enc: "A128GCM"},
	})), site)
	code := r.code("sealed", url.Values{"redirect_uri": {webURI}})
	got := r.post("/token", exchange(code, url.Values{"redirect_uri": {webURI}, "client_id": nil}), basic("sealed", secret))
	r.wantError(got, http.StatusInternalServerError, "server_error")
	if strings.Contains(got.body, "token\"") {
		t.Error(got.body)
	}
	// With a key for it, published later, the next login works.
	site.at("/jwks.json", string(keySet("EdDSA", "ES256")))
	r.clock.advance(31 * 1e9)
	decrypted(t, r.sealedTokens()["id_token"].(string), "ECDH-ES", "A128GCM", "ES256")
}

// oidcc-userinfo-rs256, and with the other algorithms.
func TestSignedUserinfo(t *testing.T) {
	for _, alg := range token.Algs() {
		t.Run(alg, func(t *testing.T) {
			r := newRigWith(t, append(clients(), sealedClient(config.Client{UserinfoSignedResponseAlg: alg})))
			got := r.userinfo(r.sealedTokens()["access_token"].(string))
			if kind := got.Header.Get("Content-Type"); kind != "application/jwt" || got.StatusCode != http.StatusOK {
				t.Fatalf("%d %s: %s", got.StatusCode, kind, got.body)
			}
			if c := claims(t, got.body); c["sub"] != "u-alice" || c["iss"] != r.server.URL || c["aud"] != "sealed" || c["email"] == nil {
				t.Errorf("claims %v", c)
			}
			set, err := jose.ParseSignedCompact(got.body, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
			if err != nil {
				t.Fatal(err)
			}
			var keys jose.JSONWebKeySet
			if err := json.Unmarshal(r.keys.JWKS(), &keys); err != nil {
				t.Fatal(err)
			}
			if _, err := set.Verify(keys.Key(set.Signatures[0].Header.KeyID)[0]); err != nil {
				t.Error(err)
			}
			// Attack: it is no ID token, and no access token.
			r.wantSent(r.get("/authorize", good("sealed", url.Values{"redirect_uri": {webURI}, "id_token_hint": {got.body}})), "invalid_request")
			if a := r.userinfo(got.body); a.StatusCode != http.StatusUnauthorized {
				t.Errorf("as an access token: %d", a.StatusCode)
			}
		})
	}
}

func TestEncryptedUserinfo(t *testing.T) {
	how := clientkey.Encryption{Alg: "RSA-OAEP-256", Enc: "A256GCM"}
	for name, alg := range map[string]string{"signed": token.PS256, "only encrypted": ""} {
		t.Run(name, func(t *testing.T) {
			r := newRigWith(t, append(clients(), sealedClient(config.Client{JWKS: keySet("RS256"), UserinfoSignedResponseAlg: alg, UserinfoEncryption: how})))
			got := r.userinfo(r.sealedTokens()["access_token"].(string))
			header, payload := decrypted(t, got.body, how.Alg, how.Enc, "RS256")
			if alg == "" {
				if parsed(t, payload).(map[string]any)["sub"] != "u-alice" || header.ExtraHeaders["cty"] != nil {
					t.Errorf("%+v %s", header, payload)
				}
				return
			}
			if claims(t, payload)["sub"] != "u-alice" || header.ExtraHeaders["cty"] != "JWT" {
				t.Errorf("%+v %s", header, payload)
			}
		})
	}
}
