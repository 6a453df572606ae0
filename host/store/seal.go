package store

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

// SealKeySize is the length of a seal key in bytes.
const SealKeySize = 32

// ErrSeal means that a sealed value does not open. It was sealed with another
// key, for another record, or it was changed.
var ErrSeal = errors.New("sealed value does not open: it was changed, belongs to another record, or the seal key is not the one it was sealed with")

// sealVersion stands in front of each sealed value, so that a later scheme or a
// later key can be told from this one.
const sealVersion = 1

// Sealer encrypts what the store must not hold in the clear: private keys, TOTP
// secrets. Each value is bound to the record that it belongs to, so that a
// sealed value copied to another record does not open there. Safe for
// concurrent use.
type Sealer struct {
	aead cipher.AEAD
	macs sync.Pool // of hash.Hash: to take up the key takes as long as the digest of a name
}

// NewSealer makes a Sealer of a key of SealKeySize bytes.
func NewSealer(key []byte) (*Sealer, error) {
	if len(key) != SealKeySize {
		return nil, fmt.Errorf("seal key has %d bytes, must have %d", len(key), SealKeySize)
	}
	// One key for each use (RFC 5869 3.2): who finds a fault in one use learns
	// nothing about the other.
	sealKey, err := hkdf.Expand(sha256.New, key, "acrhost seal v1", chacha20poly1305.KeySize)
	if err != nil {
		return nil, fmt.Errorf("derive seal key: %w", err)
	}
	macKey, err := hkdf.Expand(sha256.New, key, "acrhost mac v1", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive mac key: %w", err)
	}
	// XChaCha20-Poly1305, because its nonce of 24 bytes may be drawn at random
	// for ever; AES-GCM's 12 bytes would need a count of messages.
	aead, err := chacha20poly1305.NewX(sealKey)
	if err != nil {
		return nil, fmt.Errorf("open cipher: %w", err)
	}
	return &Sealer{aead: aead, macs: sync.Pool{New: func() any { return hmac.New(sha256.New, macKey) }}}, nil
}

// Seal encrypts a value of the record that kind and id name.
func (s *Sealer) Seal(kind, id string, plain []byte) []byte {
	size := 1 + s.aead.NonceSize()
	sealed := make([]byte, size, size+len(plain)+s.aead.Overhead())
	sealed[0] = sealVersion
	nonce := sealed[1:]
	_, _ = rand.Read(nonce) // never fails: it ends the program instead
	return s.aead.Seal(sealed, nonce, plain, bind(kind, id))
}

// Open decrypts what Seal made for the same kind and id, or returns ErrSeal.
func (s *Sealer) Open(kind, id string, sealed []byte) ([]byte, error) {
	size := 1 + s.aead.NonceSize()
	if len(sealed) < size || sealed[0] != sealVersion {
		return nil, ErrSeal
	}
	plain, err := s.aead.Open(nil, sealed[1:size], sealed[size:], bind(kind, id))
	if err != nil {
		return nil, ErrSeal
	}
	return plain, nil
}

// MAC is a keyed digest (HMAC-SHA-256) of data for the record that kind and id
// name. Who has no key learns nothing about the data from it. Compare with
// hmac.Equal.
func (s *Sealer) MAC(kind, id string, data []byte) []byte {
	mac := s.macs.Get().(hash.Hash)
	defer s.macs.Put(mac)
	mac.Reset()
	mac.Write(bind(kind, id))
	mac.Write(data)
	return mac.Sum(nil)
}

// String keeps the keys out of logs.
func (s *Sealer) String() string { return "redacted" }

// GoString keeps the keys out of logs, for %#v.
func (s *Sealer) GoString() string { return "redacted" }

// bind names a record. The lengths keep ("ab", "c") apart from ("a", "bc"), and
// the name apart from what follows it in a MAC.
func bind(kind, id string) []byte {
	name := make([]byte, 0, 8+len(kind)+len(id))
	for _, part := range []string{kind, id} {
		name = binary.BigEndian.AppendUint32(name, uint32(len(part)))
		name = append(name, part...)
	}
	return name
}
