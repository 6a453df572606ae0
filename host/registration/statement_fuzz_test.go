package registration_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/registration"
)

// directory signs software statements with a key of its own.
type directory struct{ key *ecdsa.PrivateKey }

func (d directory) jwks(f *testing.F) []byte {
	f.Helper()
	point, err := d.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		f.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	return fmt.Appendf(nil, `{"keys":[{"kty":"EC","crv":"P-256","x":%q,"y":%q}]}`, b64(point[1:33]), b64(point[33:]))
}

func (d directory) sign(t testing.TB, payload []byte) string {
	t.Helper()
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, d.key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	both := make([]byte, 64)
	r.FillBytes(both[:32])
	s.FillBytes(both[32:])
	return text + "." + base64.RawURLEncoding.EncodeToString(both)
}

// FuzzStatement: whatever a directory signs, what comes of it is within the policy, and what it
// has not signed is refused, whatever it looks like.
func FuzzStatement(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	d := directory{key}
	software := config.Software{Issuer: "https://directory.example.com", JWKS: d.jwks(f), Required: true}
	for _, payload := range []string{
		`{"iss":"https://directory.example.com","exp":9e9,"client_name":"The Vouched","redirect_uris":["https://app.example.com/cb"]}`,
		`{"iss":"https://directory.example.com","exp":9e9,"scope":"openid pay","journey":"other","software_statement":"x"}`,
		`{"iss":"https://evil.example.com"}`, `{"iss":"https://directory.example.com","exp":"never"}`, `{"iss":1,"exp":1e400}`, `{"redirect_uris":["https://evil.com/"],"redirect_uris":[]}`, `[]`, `null`, "\xff",
	} {
		f.Add([]byte(payload), `{"redirect_uris":["https://app.example.com/cb"]}`)
		f.Add([]byte(payload), `eyJhbGciOiJub25lIn0.e30.`)
	}
	f.Fuzz(func(t *testing.T, payload []byte, other string) {
		for statement, signed := range map[string]bool{d.sign(t, payload): true, other: false} {
			raw, err := json.Marshal(map[string]any{"redirect_uris": []string{"https://app.example.com/own"}, registration.StatementMember: statement})
			if err != nil {
				t.Fatal(err)
			}
			said, fault := registration.Read(raw)
			if fault == nil {
				fault = said.WithStatement(t.Context(), software, time.Unix(1, 0))
			}
			if fault == nil && !signed {
				t.Fatalf("%q was taken", statement)
			}
			if fault != nil {
				continue
			}
			if got, fault := registration.Register(policy(), said); fault == nil {
				within(t, got)
			}
		}
	})
}
