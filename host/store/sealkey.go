package store

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// SealKeyEnv names the environment variable that beats the key file.
const SealKeyEnv = "ACRHOST_SEAL_KEY"

// OpenSealer opens the seal key: the value of the environment variable
// SealKeyEnv when it is not empty, else the file. Both hold 32 bytes in base64.
// A file that does not exist is made, with a new key and mode 0600; one that
// others may read is refused.
func OpenSealer(keyFile, env string) (*Sealer, error) {
	key, err := parseSealKey(env)
	switch {
	case env != "" && err != nil:
		return nil, fmt.Errorf("environment variable %s: %w", SealKeyEnv, err)
	case env != "":
		return NewSealer(key)
	}
	if keyFile == "" {
		return nil, fmt.Errorf("no seal key: name a key file, or set %s", SealKeyEnv)
	}
	key, err = readSealKey(keyFile)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeSealKey(keyFile); err != nil {
			return nil, fmt.Errorf("make seal key file %q: %w", keyFile, err)
		}
		key, err = readSealKey(keyFile)
	}
	if err != nil {
		return nil, fmt.Errorf("seal key file %q: %w", keyFile, err)
	}
	return NewSealer(key)
}

func readSealKey(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is not a regular file")
	}
	if perm := info.Mode().Perm(); perm&0o077 != 0 {
		return nil, fmt.Errorf("has mode %04o: others may read the key. Make it yours alone: chmod 600 %s", perm, name)
	}
	const more = 1024 // far above any key; a wrong file is not read whole
	text, err := io.ReadAll(io.LimitReader(f, more))
	if err != nil {
		return nil, err
	}
	return parseSealKey(string(text))
}

// parseSealKey never repeats the text in an error: it may be the key.
func parseSealKey(text string) ([]byte, error) {
	const hint = "it must hold 32 bytes in base64; `openssl rand -base64 32` makes such a key"
	text = strings.TrimRight(strings.TrimSpace(text), "=")
	key, err := base64.RawStdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errors.New("is not base64: " + hint)
	}
	if len(key) != SealKeySize {
		return nil, fmt.Errorf("holds %d bytes: %s", len(key), hint)
	}
	return key, nil
}

// makeSealKey writes a new key under another name and then links it: the file
// appears whole or not at all, and of two hosts that start at once one makes the
// key and the other reads it. Both the file and its name are on the disk before
// anything is sealed with the key.
func makeSealKey(name string) error {
	dir := filepath.Dir(name)
	f, err := os.CreateTemp(dir, ".seal-key-*") // mode 0600, O_EXCL
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	key := make([]byte, SealKeySize)
	_, _ = rand.Read(key) // never fails: it ends the program instead
	if _, err := fmt.Fprintln(f, base64.StdEncoding.EncodeToString(key)); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.Link(f.Name(), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
