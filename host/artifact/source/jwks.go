package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/artifact/shelf"
	"github.com/acrhost/acrhost/host/artifact/signature"
	"github.com/acrhost/acrhost/host/outbound"
)

// How long a vendor's keys are taken from the cache: without asking, and when the vendor
// can't be asked.
const (
	keysFresh = 24 * time.Hour
	keysStale = 7 * 24 * time.Hour
)

// Keyring reads the keys that vendors publish.
type Keyring struct {
	// Dir keeps what was fetched; it is trusted, so it must belong to the host alone, and is
	// made with mode 0700. Empty: nothing is kept.
	Dir string
	Now func() time.Time // nil: time.Now
}

// Keys reads a signer's JWKS from a file or an https address. With again, the vendor is
// asked also when an answer is kept: a key may be new.
func (k Keyring) Keys(ctx context.Context, signer, place string, again bool) (signature.Keys, error) {
	if err := checkPlace(place); err != nil {
		return signature.Keys{}, fmt.Errorf("the JWKS: %w", err)
	}
	if !Published(place) {
		doc, err := shelf.ReadRegular(place, signature.MaxJWKS)
		if err != nil {
			return signature.Keys{}, fmt.Errorf("the JWKS of %s: %w", signer, err)
		}
		return signature.ParseKeys(signer, doc)
	}
	if !again {
		if keys, ok := k.kept(signer, place, keysFresh); ok {
			return keys, nil
		}
	}
	doc, err := fetchJWKS(ctx, place)
	if err != nil {
		if keys, ok := k.kept(signer, place, keysStale); ok {
			return keys, nil
		}
		return signature.Keys{}, fmt.Errorf("the JWKS of %s: fetch %s: %w", signer, shown(place), err)
	}
	keys, err := signature.ParseKeys(signer, doc)
	if err != nil {
		return signature.Keys{}, err
	}
	return keys, k.keep(place, doc)
}

// Published says whether a JWKS lies at an address, not in a file.
func Published(place string) bool { return strings.HasPrefix(place, "https://") }

// checkPlace refuses addresses that can't be asked, or must not be shown.
func checkPlace(place string) error {
	if strings.HasPrefix(place, "http://") {
		return errors.New("keys are fetched with https only: write https://, or the name of a file")
	}
	if !Published(place) {
		return nil
	}
	u, err := url.Parse(place)
	switch {
	case err != nil || u.Hostname() == "":
		return errors.New("it is no https address")
	case u.User != nil:
		return errors.New("an address with a password in it would end up in logs")
	}
	return nil
}

// fetchJWKS asks the vendor. A redirect is none of the operator's choice, and not followed.
func fetchJWKS(ctx context.Context, place string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	client := &http.Client{
		Transport:     &http.Transport{DialContext: outbound.New(nil).Dial, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return get(ctx, client, place, signature.MaxJWKS)
}

func (k Keyring) path(place string) string {
	sum := sha256.Sum256([]byte(place))
	return filepath.Join(k.Dir, hex.EncodeToString(sum[:])+".jwks.json")
}

// kept gives the answer that was kept, if it isn't older than that, and the folder is the
// host's own.
func (k Keyring) kept(signer, place string, age time.Duration) (signature.Keys, bool) {
	if k.Dir == "" {
		return signature.Keys{}, false
	}
	folder, err := os.Stat(k.Dir)
	if err != nil || folder.Mode().Perm()&0o022 != 0 {
		return signature.Keys{}, false
	}
	info, err := os.Stat(k.path(place))
	if err != nil || k.now().Sub(info.ModTime()) > age {
		return signature.Keys{}, false
	}
	doc, err := shelf.ReadRegular(k.path(place), signature.MaxJWKS)
	if err != nil {
		return signature.Keys{}, false
	}
	keys, err := signature.ParseKeys(signer, doc)
	return keys, err == nil
}

func (k Keyring) keep(place string, doc []byte) error {
	if k.Dir == "" {
		return nil
	}
	if err := os.MkdirAll(k.Dir, 0o700); err != nil {
		return fmt.Errorf("keep a JWKS: %w", err)
	}
	return shelf.WriteFile(k.path(place), doc, 0o600)
}

func (k Keyring) now() time.Time {
	if k.Now != nil {
		return k.Now()
	}
	return time.Now()
}
