package config_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/acrhost/acrhost/host/config"
)

// A file of private keys is read when nobody else can read it, and no fault repeats it.
func TestDecryptFile(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	good := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	for name, row := range map[string]struct {
		text []byte
		mode fs.FileMode
		want string // in the fault; empty: none
	}{
		"good":               {good, 0o600, ""},
		"others can read it": {good, 0o640, "others may read the keys"},
		"no key":             {[]byte("SECRET"), 0o600, "no private key in PEM"},
		"a broken key":       {pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("SECRET")}), 0o600, "can't be read"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := config.FS(fstest.MapFS{
				"config.toml": {Data: []byte("issuer = \"https://login.example.com\"\n[keys]\ndecrypt_file = \"decrypt.pem\"\n")},
				"decrypt.pem": {Data: row.text, Mode: row.mode},
			}).Load("config.toml")
			if row.want == "" {
				if err != nil || len(c.Keys.Decrypt.Algs()) != 1 {
					t.Fatalf("%+v, %v", c, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), "config.toml:3") || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("got %v", err)
			}
		})
	}
}
