package signature_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/acrhost/acrhost/host/artifact/signature"
)

var of = signature.Subject{Name: "com.example.risk", Version: "1.4.2", Digest: "sha256:" + strings.Repeat("ab", 32)}

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func newKey(t *testing.T, alg string) *signature.Key {
	t.Helper()
	key, err := signature.NewKey(alg)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func keysOf(t *testing.T, signer string, key *signature.Key) signature.Keys {
	t.Helper()
	doc, err := key.Public()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := signature.ParseKeys(signer, doc)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestSignAndVerify(t *testing.T) {
	for _, alg := range []string{"EdDSA", "ES256"} {
		t.Run(alg, func(t *testing.T) {
			made := newKey(t, alg)
			private, err := made.Private()
			if err != nil {
				t.Fatal(err)
			}
			key, err := signature.ParseKey(private)
			if err != nil {
				t.Fatal(err)
			}
			compact, err := key.Sign(of, now, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			other := keysOf(t, "other", newKey(t, alg))
			v, err := signature.Verify(append([]byte("\n"), append(compact, '\n')...), of, now, other, keysOf(t, "acme", made))
			if err != nil || v.Signer != "acme" || v.KeyID != made.ID() || v.Algorithm != alg {
				t.Errorf("%+v, %v", v, err)
			}
			if v.Statement.Expires != now.Add(time.Hour).Unix() || v.Statement.IssuedAt != now.Unix() {
				t.Errorf("times %+v", v.Statement)
			}
			if err := signature.Stale(compact, of, now); err != nil {
				t.Errorf("stale: %v", err)
			}
			if err := signature.Stale(compact, of, now.Add(time.Hour)); err == nil {
				t.Error("an expired one isn't stale")
			}
			if c, err := signature.Claims(compact); err != nil || c.KeyID != made.ID() || c.Statement != v.Statement {
				t.Errorf("claims %+v, %v", c, err)
			}
		})
	}
}

// forge signs any header and payload with a key.
func forge(t *testing.T, key *signature.Key, header map[string]any, payload string) []byte {
	t.Helper()
	private, err := key.Private()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jwk.ParseKey(private)
	if err != nil {
		t.Fatal(err)
	}
	h := jws.NewHeaders()
	for name, value := range header {
		if err := h.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	var raw any // a JWK would add its kid
	if err := parsed.Raw(&raw); err != nil {
		t.Fatal(err)
	}
	compact, err := jws.Sign([]byte(payload), jws.WithKey(parsed.Algorithm(), raw, jws.WithProtectedHeaders(h)))
	if err != nil {
		t.Fatal(err)
	}
	return compact
}

func statement(t *testing.T, change map[string]any) string {
	t.Helper()
	s := map[string]any{"name": of.Name, "version": of.Version, "digest": of.Digest, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	for name, value := range change {
		if s[name] = value; value == nil {
			delete(s, name)
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// unsigned is a compact JWS with that header and no true signature.
func unsigned(header, payload string) []byte {
	e := base64.RawURLEncoding.EncodeToString
	return []byte(e([]byte(header)) + "." + e([]byte(payload)) + "." + e([]byte("sixty-four bytes of anything, sixty-four bytes of anything, 1234")))
}

func TestVerifyRefuses(t *testing.T) {
	key := newKey(t, "ES256")
	keys := keysOf(t, "acme", key)
	id := key.ID()
	good := map[string]any{"typ": signature.Type, "kid": id}
	with := func(name string, value any) map[string]any {
		h := map[string]any{"typ": signature.Type, "kid": id}
		if h[name] = value; value == nil {
			delete(h, name)
		}
		return h
	}
	mac := func() []byte {
		public, err := key.Public()
		if err != nil {
			t.Fatal(err)
		}
		h := jws.NewHeaders()
		if err := errors.Join(h.Set("typ", signature.Type), h.Set("kid", id)); err != nil {
			t.Fatal(err)
		}
		compact, err := jws.Sign([]byte(statement(t, nil)), jws.WithKey(jwa.HS256, public, jws.WithProtectedHeaders(h)))
		if err != nil {
			t.Fatal(err)
		}
		return compact
	}
	valid := forge(t, key, good, statement(t, nil))
	tampered := []byte(strings.Replace(string(valid), ".", "."+base64.RawURLEncoding.EncodeToString([]byte(statement(t, map[string]any{"version": "9"})))+".", 1))
	tampered = []byte(strings.Join([]string{strings.Split(string(tampered), ".")[0], strings.Split(string(tampered), ".")[1], strings.Split(string(valid), ".")[2]}, "."))
	tests := map[string]struct {
		compact []byte
		check   signature.Check
		want    string
	}{
		"nothing":            {nil, signature.Malformed, "no compact JWS"},
		"too long":           {[]byte(strings.Repeat("a", signature.MaxSignature+1)), signature.Malformed, "longer than"},
		"JSON":               {[]byte(`{"payload":"","signatures":[]}`), signature.Malformed, "no compact JWS"},
		"five parts":         {[]byte("a.b.c.d.e"), signature.Malformed, "no compact JWS"},
		"header not base64":  {[]byte("!.b.c"), signature.Malformed, "base64url"},
		"header not JSON":    {unsigned("x", "{}"), signature.Malformed, "isn't JSON"},
		"alg twice":          {unsigned(`{"alg":"ES256","alg":"none","kid":"`+id+`","typ":"`+signature.Type+`"}`, "{}"), signature.Malformed, "header"},
		"none":               {unsigned(`{"alg":"none","kid":"`+id+`","typ":"`+signature.Type+`"}`, statement(t, nil)), signature.WrongAlg, `the alg "none" is not allowed`},
		"HS256":              {mac(), signature.WrongAlg, `the alg "HS256" is not allowed`},
		"RS256":              {unsigned(`{"alg":"RS256","kid":"`+id+`","typ":"`+signature.Type+`"}`, statement(t, nil)), signature.WrongAlg, `the alg "RS256" is not allowed`},
		"another alg":        {unsigned(`{"alg":"EdDSA","kid":"`+id+`","typ":"`+signature.Type+`"}`, statement(t, nil)), signature.WrongAlg, "isn't that of the key"},
		"crit":               {unsigned(`{"alg":"ES256","kid":"`+id+`","typ":"`+signature.Type+`","crit":["exp"]}`, statement(t, nil)), signature.Malformed, "holds more than alg, kid and typ"},
		"jku":                {forge(t, key, with("jku", "https://evil.example/jwks"), statement(t, nil)), signature.Malformed, "holds more than alg, kid and typ"},
		"no kid":             {forge(t, key, with("kid", nil), statement(t, nil)), signature.NoKeyID, "no kid"},
		"no typ":             {forge(t, key, with("typ", nil), statement(t, nil)), signature.WrongType, "typ"},
		"a token":            {forge(t, key, with("typ", "JWT"), statement(t, nil)), signature.WrongType, `its typ is "JWT"`},
		"another signer":     {forge(t, newKey(t, "ES256"), with("kid", "another"), statement(t, nil)), signature.WrongSigner, `wrong signer: the key "another" is none of acme`},
		"another's key, kid": {forge(t, newKey(t, "ES256"), good, statement(t, nil)), signature.WrongSigner, "wrong signer: it wasn't made with the key"},
		"tampered":           {tampered, signature.WrongSigner, "changed since"},
		"digest":             {forge(t, key, good, statement(t, map[string]any{"digest": "sha256:" + strings.Repeat("00", 32)})), signature.WrongDigest, "the digest differs"},
		"name":               {forge(t, key, good, statement(t, map[string]any{"name": "com.example.other"})), signature.WrongName, "the name differs"},
		"version":            {forge(t, key, good, statement(t, map[string]any{"version": "1.4.1"})), signature.WrongVersion, "the version differs"},
		"expired":            {forge(t, key, good, statement(t, map[string]any{"exp": now.Unix()})), signature.Expired, "it expired at 2026-11-28T12:00:00Z"},
		"not yet":            {forge(t, key, good, statement(t, map[string]any{"iat": now.Add(2 * time.Minute).Unix()})), signature.NotYetValid, "not valid yet"},
		"no exp":             {forge(t, key, good, statement(t, map[string]any{"exp": nil})), signature.Malformed, "lacks"},
		"exp a string":       {forge(t, key, good, statement(t, map[string]any{"exp": "tomorrow"})), signature.Malformed, "can't be read"},
		"more":               {forge(t, key, good, statement(t, map[string]any{"grants": []string{"all"}})), signature.Malformed, "can't be read"},
		"not a statement":    {forge(t, key, good, "hello"), signature.Malformed, "can't be read"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := signature.Claims(tt.compact); err == nil && tt.check == signature.Malformed {
				t.Error("it can be read")
			}
			_, err := signature.Verify(tt.compact, of, now, keys)
			failed, ok := errors.AsType[*signature.Error](err)
			if !ok || failed.Check != tt.check || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s: %s", err, tt.check, tt.want)
			}
		})
	}
	// A clock that is a little behind is forgiven.
	if _, err := signature.Verify(forge(t, key, good, statement(t, map[string]any{"iat": now.Add(30 * time.Second).Unix()})), of, now, keys); err != nil {
		t.Errorf("half a minute: %v", err)
	}
	if _, err := signature.Verify(valid, of, now); err == nil {
		t.Error("verified without keys")
	}
	// All that is wrong is said at once.
	_, err := signature.Verify(valid, signature.Subject{Name: "x", Version: "y", Digest: "z"}, now.Add(2*time.Hour), keys)
	for _, want := range []string{"the digest differs", "the name differs", "the version differs", "it expired"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
	if v, jws, err := signature.VerifyAny([][]byte{tampered, valid}, of, now, keys); err != nil || v.Signer != "acme" || string(jws) != string(valid) {
		t.Errorf("the second of two: %v", err)
	}
	if _, _, err := signature.VerifyAny(nil, of, now, keys); err == nil || !strings.Contains(err.Error(), "there is no signature") {
		t.Errorf("none at all: %v", err)
	}
}

func TestParseKeysRefuses(t *testing.T) {
	key := newKey(t, "EdDSA")
	private, err := key.Private()
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.Public()
	if err != nil {
		t.Fatal(err)
	}
	one := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(string(public)), `{
  "keys": [`), "]\n}")
	rsa := `{"kty":"RSA","kid":"r","n":"AQAB","e":"AQAB"}`
	tests := map[string]struct{ doc, want string }{
		"not JSON":      {"x", "is none"},
		"empty":         {`{"keys":[]}`, "has no key"},
		"RSA only":      {`{"keys":[` + rsa + `]}`, "has no key"},
		"private":       {`{"keys":[` + string(private) + `]}`, "it is private"},
		"symmetric":     {`{"keys":[{"kty":"oct","kid":"o","k":"AAAA"}]}`, "it is private"},
		"twice":         {`{"keys":[` + one + `,` + one + `]}`, "two keys"},
		"no kid":        {`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`, "it has no kid"},
		"short":         {`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"AAAA"}]}`, "key 1"},
		"not on curve":  {`{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"}]}`, "key 1"},
		"encryption":    {`{"keys":[` + strings.Replace(one, `"sig"`, `"enc"`, 1) + `]}`, "has no key"},
		"another alg":   {`{"keys":[` + strings.Replace(one, `"EdDSA"`, `"ES256"`, 1) + `]}`, "has no key"},
		"too many":      {`{"keys":[` + strings.Repeat(rsa+",", 64) + rsa + `]}`, "65 keys"},
		"too long":      {strings.Repeat(" ", signature.MaxJWKS) + string(public), "more than"},
		"another curve": {`{"keys":[{"kty":"OKP","crv":"X25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`, "has no key"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := signature.ParseKeys("acme", []byte(tt.doc))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if keys, err := signature.ParseKeys("acme", []byte(`{"keys":[`+rsa+`,`+one+`]}`)); err != nil || !keys.Has(key.ID()) || keys.Has("r") {
		t.Errorf("beside a key of another kind: %v", err)
	}
}

func TestParseKeyRefuses(t *testing.T) {
	public, err := newKey(t, "ES256").Public()
	if err != nil {
		t.Fatal(err)
	}
	for name, doc := range map[string]string{
		"not JSON": "x", "a set": string(public), "RSA": `{"kty":"RSA","d":"AQAB","kid":"r"}`,
		"public": `{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`,
		"no kid": `{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`,
	} {
		_, err := signature.ParseKey([]byte(doc))
		if err == nil {
			t.Errorf("%s: parsed", name)
		} else if strings.Contains(err.Error(), "nWGxne") {
			t.Errorf("%s: the error shows the key: %v", name, err)
		}
	}
	if _, err := signature.NewKey("RS256"); err == nil {
		t.Error("made an RSA key")
	}
}

func TestLifetime(t *testing.T) {
	for in, want := range map[string]time.Duration{"365d": 365 * 24 * time.Hour, "12h": 12 * time.Hour, "0d": 0, "-1h": 0, "d": 0, "": 0, "999999999d": 0} {
		if got, err := signature.Lifetime(in); got != want || (err != nil) != (want == 0) {
			t.Errorf("%q: %s, %v", in, got, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	key, err := signature.NewKey("EdDSA")
	if err != nil {
		f.Fatal(err)
	}
	doc, err := key.Public()
	if err != nil {
		f.Fatal(err)
	}
	keys, err := signature.ParseKeys("acme", doc)
	if err != nil {
		f.Fatal(err)
	}
	valid, err := key.Sign(of, now, time.Hour)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(valid)
	f.Add(unsigned(`{"alg":"none"}`, "{}"))
	f.Fuzz(func(t *testing.T, compact []byte) {
		// The last character of base64 has bits that mean nothing.
		signed := func(b []byte) string { return string(b[:bytes.LastIndexByte(b, '.')+1]) }
		if _, err := signature.Verify(compact, of, now, keys); err == nil && signed(bytes.TrimSpace(compact)) != signed(valid) {
			t.Errorf("another signature passed: %q", compact)
		}
	})
}

func FuzzParseKeys(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		if keys, err := signature.ParseKeys("acme", doc); err == nil && keys.Has("") {
			t.Error("a key without an id")
		}
	})
}
