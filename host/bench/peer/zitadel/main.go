// Command zitadel serves the example provider of zitadel/oidc, with its storage in memory,
// as a peer of the benchmark. PORT says where, ALG (RS256 or ES256) what signs.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// everybody are the users: as many as the benchmark could want.
type everybody map[string]*storage.User

func newEverybody() everybody {
	all := everybody{}
	for i := range 128 {
		name := fmt.Sprintf("user%d@example.com", i)
		all[name] = &storage.User{ID: name, Username: name, Password: "password", Email: name, EmailVerified: true, FirstName: "A", LastName: "User"}
	}
	return all
}

// GetUserByID is storage.UserStore.
func (e everybody) GetUserByID(id string) *storage.User { return e[id] }

// GetUserByUsername is storage.UserStore.
func (e everybody) GetUserByUsername(name string) *storage.User { return e[name] }

// ExampleClientID is storage.UserStore.
func (e everybody) ExampleClientID() string { return storage.ServiceUserID }

// signing is the example's storage with a key for ES256.
type signing struct {
	*storage.Storage
	key *ecdsa.PrivateKey
}

// half is one half of a key.
type half struct{ key any }

func (h half) ID() string                                  { return "es256" }
func (h half) Use() string                                 { return "sig" }
func (h half) Algorithm() jose.SignatureAlgorithm          { return jose.ES256 }
func (h half) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.ES256 }
func (h half) Key() any                                    { return h.key }

// SigningKey is op.Storage.
func (s signing) SigningKey(context.Context) (op.SigningKey, error) { return half{s.key}, nil }

// SignatureAlgorithms is op.Storage.
func (s signing) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.ES256}, nil
}

// KeySet is op.Storage.
func (s signing) KeySet(context.Context) ([]op.Key, error) {
	return []op.Key{half{&s.key.PublicKey}}, nil
}

func main() {
	address := "127.0.0.1:" + os.Getenv("PORT")
	storage.RegisterClients(storage.NativeClient("bench", "http://127.0.0.1:5555/callback"))
	plain := storage.NewStorage(newEverybody())
	quiet := slog.New(slog.DiscardHandler)
	issuer := "http://" + address + "/"
	if os.Getenv("ALG") != "ES256" {
		log.Fatal(http.ListenAndServe(address, exampleop.SetupServer(issuer, plain, quiet, false)))
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(address, exampleop.SetupServer(issuer, signing{plain, key}, quiet, false)))
}
