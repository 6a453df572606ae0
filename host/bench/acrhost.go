package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// users is how many take part at once, each with an account and an address of its own.
const users = 16

// userName is the name of a user, and the e-mail address.
func userName(i int) string { return fmt.Sprintf("user%d@example.com", i) }

// The password of everybody, which the step compares, and no more.
const password = "password"

const configuration = `issuer = "%[1]s"
listen = "%[2]s"
cache_dir = "%[3]s"

[log]
level = "error"

[store]
dsn = "%[4]s"
seal_key_file = "bench.key"

[plugins.steps]
path = "%[5]s"
insecure_allow_unpinned = true
insecure_allow_unsigned = true
grant.acr = ["1.0"]
grant.amr = ["pwd"]
grant.evidence = ["word"]
grant.capabilities = { user_identify = [] }

[[clients]]
id = "bench"
redirect_uris = ["%[6]s"]
token_endpoint_auth_method = "none"
grant_types = ["authorization_code", "refresh_token"]
journey = "bench"
id_token_signed_response_alg = "%[7]s"

[journeys.bench]
title = "Sign in"
start = "sign-in"

[journeys.bench.steps.sign-in]
use = "steps/sign-in"
config.word = "password"
next = { ok = "level", failed = "sign-in" }
max_visits = 5

[journeys.bench.steps.level]
use = "steps/set-acr"
config.acr = "1.0"
next = { ok = "@success" }
`

// acrhost is how to start this project's server for a subject, in a folder of its own.
// Code that was compiled before is used again, as on any second start.
func acrhost(ctx context.Context, o options, s subject, address, dir, cache string) (command, error) {
	steps, err := filepath.Abs(filepath.Join(o.parts, "steps-"+s.steps+".wasm"))
	if err != nil {
		return command{}, err
	}
	program, err := filepath.Abs(o.acrhost)
	if err != nil {
		return command{}, err
	}
	dsn := "sqlite:bench.db"
	if s.store == "memory" {
		dsn = "memory:"
	}
	issuer := "http://" + address
	text := fmt.Sprintf(configuration, issuer, address, cache, dsn, steps, redirect, s.alg)
	if s.store == "memory" {
		text += demoUsers() // there is no other way in
	}
	file := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return command{}, err
	}
	if s.store != "memory" {
		if err := importUsers(ctx, program, file, dir); err != nil {
			return command{}, err
		}
	}
	return command{path: program, args: []string{"serve", "--config", file}, dir: dir, issuer: issuer}, nil
}

func importUsers(ctx context.Context, program, file, dir string) error {
	var list strings.Builder
	list.WriteString("name,email,email_verified\n")
	for i := range users {
		fmt.Fprintf(&list, "%[1]s,%[1]s,true\n", userName(i))
	}
	add := exec.CommandContext(ctx, program, "user", "import", "-", "--format", "csv", "--config", file)
	add.Dir, add.Stdin = dir, strings.NewReader(list.String())
	if said, err := add.CombinedOutput(); err != nil {
		return fmt.Errorf("import users: %w\n%s", err, said)
	}
	return nil
}

// demoUsers: with a store in memory the host hashes all their passwords anew at each start, and
// serves when it has. Nobody signs in by one, so the hashes are the cheapest that there are:
// others took four fifths of the start.
func demoUsers() string {
	var list strings.Builder
	list.WriteString("\n[passwords]\nmemory_kib = 7168\niterations = 1\n\n[demo]\nenabled = true\n")
	for i := range users {
		fmt.Fprintf(&list, "\n[[demo.users]]\nname = %[1]q\nemail = %[1]q\npassword = \"nobody signs in by this %[2]d\"\n", userName(i), i)
	}
	return list.String()
}
