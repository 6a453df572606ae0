package main

import (
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/signature"
	"github.com/acrhost/acrhost/host/artifact/source"
)

// Of several signatures pull keeps one that holds, wherever it stands among them.
func TestBestSignature(t *testing.T) {
	wasm, err := artifact.Pack([]byte("\x00asm\x01\x00\x00\x00"), []byte(`{"name":"com.example.risk","version":"1.0.0","steps":{"score":{"outcomes":["low"]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	key, err := signature.NewKey("EdDSA")
	if err != nil {
		t.Fatal(err)
	}
	sign := func(digest string, at time.Time) []byte {
		jws, err := key.Sign(signature.Subject{Name: "com.example.risk", Version: "1.0.0", Digest: digest}, at, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return jws
	}
	now, digest := time.Now(), artifact.Digest(wasm)
	good, expired, other := sign(digest, now), sign(digest, now.Add(-2*time.Hour)), sign(artifact.Digest(nil), now)
	for name, tt := range map[string]struct {
		list  [][]byte
		want  []byte
		stale bool
	}{
		"one":             {[][]byte{good}, good, false},
		"expired first":   {[][]byte{expired, good}, good, false},
		"garbage first":   {[][]byte{[]byte("a.b.c"), other, good}, good, false},
		"none that holds": {[][]byte{expired, other}, expired, true},
	} {
		got, stale := best(&source.Fetched{Wasm: wasm, Signatures: tt.list})
		if string(got) != string(tt.want) || (stale != nil) != tt.stale {
			t.Errorf("%s: %s, %v", name, got, stale)
		}
	}
}
