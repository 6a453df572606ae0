package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/rogpeppe/go-internal/testscript"
)

// cmdKeepSigner: keep-signer id|access VARIABLE: the kid of the token.
func cmdKeepSigner(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[1], signer(ts, args[0]))
}

func signer(ts *testscript.TestScript, of string) string {
	t := sceneOf(ts).tab.tokens.OAuth
	raw := t.AccessToken
	if of == "id" {
		raw, _ = t.Extra("id_token").(string)
	}
	parsed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.EdDSA})
	ts.Check(err)
	return parsed.Signatures[0].Header.KeyID
}

// cmdAwaitSigner: await-signer id|access KID: refresh until another key than this signs.
func cmdAwaitSigner(ts *testscript.TestScript, _ bool, args []string) {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		cmdRefresh(ts, false, nil)
		if signer(ts, args[0]) != args[1] {
			return
		}
	}
	ts.Fatalf("%s still signs", args[1])
}

// cmdPublished: [!] published KID: wait until the key set holds it, or does not.
func cmdPublished(ts *testscript.TestScript, neg bool, args []string) {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if holds(ts, args[0]) != neg {
			return
		}
	}
	ts.Fatalf("%s is in the key set: %t", args[0], neg)
}

func holds(ts *testscript.TestScript, kid string) bool {
	set, err := keySet(sceneOf(ts).issuer)
	ts.Check(err)
	return len(set.Key(kid)) > 0
}

// keySet is what a provider publishes.
func keySet(issuer string) (*jose.JSONWebKeySet, error) {
	res, err := http.Get(issuer + "/jwks")
	if err != nil {
		return nil, fmt.Errorf("read the key set: %w", err)
	}
	defer res.Body.Close()
	var set jose.JSONWebKeySet
	if err := json.NewDecoder(res.Body).Decode(&set); err != nil {
		return nil, fmt.Errorf("read the key set: %w", err)
	}
	return &set, nil
}
