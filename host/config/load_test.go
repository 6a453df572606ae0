package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
)

func asFaults(t *testing.T, err error) config.Faults {
	t.Helper()
	var faults config.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("the error is %T, want Faults: %v", err, err)
	}
	return faults
}

func mustParse(t *testing.T, src string) *config.Config {
	t.Helper()
	c, err := config.Parse("dir/config.toml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	want := &config.Config{
		Issuer:       "https://login.example.com",
		Listen:       "127.0.0.1:8080",
		Store:        config.Store{DSN: "sqlite:dir/acrhost.db", SealKeyFile: "dir/acrhost.key"},
		Log:          config.Log{Format: "text", Level: "info"},
		Tokens:       config.Tokens{Code: time.Minute, Access: 5 * time.Minute, ID: 5 * time.Minute, Refresh: 720 * time.Hour, Session: 12 * time.Hour},
		Keys:         config.Keys{PublishBefore: 24 * time.Hour},
		Passwords:    config.Passwords{MemoryKiB: 19456, Iterations: 2},
		Factors:      config.Factors{Name: "login.example.com"},
		Throttle:     config.Throttle{FreeFailures: 5, LongestDelay: time.Hour, ClientFailuresPerMinute: 120, LoginsPerMinute: 600},
		ACR:          config.ACR{Levels: map[string]config.Level{}},
		LockFile:     "dir/acrhost.lock",
		Signers:      map[string]config.Signer{},
		Plugins:      map[string]config.Plugin{},
		Upstream:     map[string]config.Upstream{},
		Journeys:     map[string]*journey.Definition{},
		JourneyByACR: map[string]string{},
		Files:        []string{"dir/config.toml"},
	}
	if diff := cmp.Diff(want, mustParse(t, `issuer = "https://login.example.com"`)); diff != "" {
		t.Error(diff)
	}
}

const everything = `
issuer = "http://127.0.0.1:8080"
listen = "127.0.0.1:9000"
trusted_proxies = ["10.0.0.0/8", "127.0.0.1", "fd00::/8", "::1"]
journey = "main"
journey_by_acr = { "2.5" = "strong" }
cache_dir = "/var/cache/acrhost"

[store]
dsn = "sqlite:data/a.db"
seal_key_file = "/etc/acrhost.key"

[log]
format = "json"
level = "debug"

[metrics]
listen = "[::1]:9464"

[demo]
enabled = true
[[demo.users]]
name = "alice"
password = "wonderland"
claims = { age = 7, tags = ["a"] }

[tokens]
code = "30s"
[passwords]
memory_kib = 65536
iterations = 3

[throttle]
free_failures = 3
longest_delay = "20m"

[messages.sms]
type = "http"
url = "https://sms.example.com/send"
bearer = "sms-token"
[messages.email]
type = "smtp"
addr = "mail.example.com:587"
from = "login@example.com"
username = "u"
password = "p"

[acr]
strict = true
order = ["1.0", "2.5"]
[acr.levels."2.5"]
requires = [["hwk"], ["pwd", "otp"]]
max_age = "8h"

[signers.acme]
jwks = "acme.jwks.json"
[signers.other]
jwks = "https://other.example.com/jwks.json"

[plugins.standard]
path = "standard.wasm"
require_signature = false
[plugins.bought]
source = "oci://registry.example.com/acme/bought:1.4"
signers = ["acme", "other"]
require_signature = true
[plugins.own]
path = "own.wasm"
digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
insecure_allow_unsigned = true
[plugins.risk]
path = "/opt/risk.wasm"
digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
signers = ["acme"]
[plugins.risk.grant]
vars = ["risk"]
acr = []
reads = ["device"]
subject = true
capabilities = { http_fetch = [{ origin = "https://risk.example.com", path = "/v1/score", methods = ["POST"] }], otp_send = true, password_verify = false }
[plugins.risk.limits]
fuel = 1_000
timeout = "250ms"
memory = "8MiB"
output = 2048
table_entries = 7
call_depth = 8
input = "1KiB"
logs = "2KiB"
capability_calls = 9
[plugins.risk.breaker]
failures = 5
cooldown = "30s"
[plugins.loose]
mode = "restore"
snapshot_safe = true
instances = 4
path = "loose.wasm"
insecure_allow_unpinned = true
grant.capabilities = ["user_identify"]

[[clients]]
id = "web"
name = "Web"
secret = "sixteen-letters!"
token_endpoint_auth_method = "client_secret_post"
redirect_uris = ["https://app.example.com/cb"]
journey_by_acr = { "2.5" = "strong" }
acr_policy = "strict"
default_acr_values = ["2.5"]
minimum = "2.5"
id_token_signed_response_alg = "ES256"
[[clients]]
id = "app"
redirect_uris = ["com.example.app:/cb", "http://[::1]:1234/cb"]
journey = "strong"

[journeys.main]
title = "Main"
start = "a"
timeout = "1m"
insecure_allow_no_evidence = true
[journeys.main.steps.a]
use = "standard/set-acr"
config.acr = { cel = "'x'" }
config.list = [1, 2.5, { k = true }]
next = { ok = "@success", "2.5" = "b" }
on_error = "@failure"
error_var = "e"
max_visits = 3
[journeys.main.steps.b]
journey = "strong"
[journeys.strong]
start = "s"
`

func TestEverything(t *testing.T) {
	at := func(text string) journey.Pos { // where a line begins with that text
		before, _, ok := strings.Cut(everything, "\n"+text)
		if !ok {
			t.Fatalf("no line begins with %q", text)
		}
		return journey.Pos{File: "dir/config.toml", Line: strings.Count(before, "\n") + 2}
	}
	c := mustParse(t, everything)
	wantPlugins := map[string]config.Plugin{
		"standard": {Name: "standard", Path: "dir/standard.wasm", Grant: config.Grant{All: true}, Pos: at("[plugins.standard]")},
		"risk": {
			Name: "risk", Path: "/opt/risk.wasm", Pos: at("[plugins.risk]"),
			Digest: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", Signers: []string{"acme"},
			Grant: config.Grant{
				Vars: []string{"risk"}, ACR: []string{}, Reads: []string{"device"}, Subject: true,
				Capabilities: map[string][]config.CapRule{
					"http_fetch": {{Origin: "https://risk.example.com", Path: "/v1/score", Methods: []string{"POST"}}},
					"otp_send":   nil,
				},
			},
			Limits: config.Limits{
				Fuel: 1000, Timeout: 250 * time.Millisecond, MemoryBytes: 8 << 20, TableEntries: 7, CallDepth: 8,
				InputBytes: 1 << 10, OutputBytes: 2048, LogBytes: 2 << 10, CapabilityCalls: 9,
			},
			Breaker: config.Breaker{Failures: 5, Cooldown: 30 * time.Second},
		},
		"bought": {
			Name: "bought", Source: "oci://registry.example.com/acme/bought:1.4", Signers: []string{"acme", "other"}, RequireSignature: true,
			Pos: at("[plugins.bought]"),
		},
		"own": {
			Name: "own", Path: "dir/own.wasm", InsecureAllowUnsigned: true, Pos: at("[plugins.own]"),
			Digest: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		},
		"loose": {
			Name: "loose", Path: "dir/loose.wasm", InsecureAllowUnpinned: true, Pos: at("[plugins.loose]"),
			Grant: config.Grant{Capabilities: map[string][]config.CapRule{"user_identify": nil}},
			Mode:  "restore", SnapshotSafe: true, Instances: 4,
		},
	}
	if diff := cmp.Diff(wantPlugins, c.Plugins); diff != "" {
		t.Error(diff)
	}
	wantSigners := map[string]config.Signer{
		"acme":  {Name: "acme", JWKS: "dir/acme.jwks.json", Pos: at("[signers.acme]")},
		"other": {Name: "other", JWKS: "https://other.example.com/jwks.json", Pos: at("[signers.other]")},
	}
	if diff := cmp.Diff(wantSigners, c.Signers); diff != "" {
		t.Error(diff)
	}
	if want := (config.Throttle{FreeFailures: 3, LongestDelay: 20 * time.Minute, ClientFailuresPerMinute: 120, LoginsPerMinute: 600}); c.Throttle != want {
		t.Errorf("throttle is %+v", c.Throttle)
	}
	if got := fmt.Sprint(c.TrustedProxies); got != "[10.0.0.0/8 127.0.0.1/32 fd00::/8 ::1/128]" {
		t.Errorf("trusted proxies are %s", got)
	}
	if want := (config.Metrics{Listen: "[::1]:9464"}); c.Metrics != want {
		t.Errorf("metrics are %+v", c.Metrics)
	}
	wantClients := []config.Client{{
		ID: "web", Name: "Web", Secret: "sixteen-letters!", TokenEndpointAuthMethod: "client_secret_post",
		RedirectURIs: []string{"https://app.example.com/cb"}, GrantTypes: []string{"authorization_code", "refresh_token"}, ResponseTypes: []string{"code"},
		Scopes:       []string{"openid", "profile", "email", "address", "phone", "offline_access"},
		JourneyByACR: map[string]string{"2.5": "strong"}, ACRPolicy: "strict", DefaultACRValues: []string{"2.5"}, Minimum: "2.5",
		IDTokenSignedResponseAlg: "ES256", AccessTokenAlg: "ES256", Pos: at("[[clients]]\nid = \"web\""),
	}, {
		ID: "app", Name: "app", TokenEndpointAuthMethod: "none", RequirePKCE: true, Journey: "strong",
		RedirectURIs: []string{"com.example.app:/cb", "http://[::1]:1234/cb"}, GrantTypes: []string{"authorization_code", "refresh_token"}, ResponseTypes: []string{"code"},
		Scopes: []string{"openid", "profile", "email", "address", "phone", "offline_access"}, ACRPolicy: "advisory",
		IDTokenSignedResponseAlg: "RS256", AccessTokenAlg: "ES256", Pos: at("[[clients]]\nid = \"app\""),
	}}
	if diff := cmp.Diff(wantClients, c.Clients); diff != "" {
		t.Error(diff)
	}
	wantStep := &journey.Step{
		Name: "a", Use: "standard/set-acr", OnError: "@failure", ErrorVar: "e", MaxVisits: 3, Pos: at("[journeys.main.steps.a]"),
		Config: map[string]any{
			"acr":  map[string]any{"cel": "'x'"},
			"list": []any{int64(1), 2.5, map[string]any{"k": true}},
		},
		Next: map[string]string{"ok": "@success", "2.5": "b"},
	}
	got := *c.Journeys["main"].Steps["a"]
	got.Lines = nil
	if diff := cmp.Diff(wantStep, &got); diff != "" {
		t.Error(diff)
	}
	step := c.Journeys["main"].Steps["a"]
	for path, text := range map[string]string{
		"use": "use =", "config.acr": "config.acr", "config.list.2.k": "config.list", "config.list.9": "config.list",
		"next.2.5": "next", "max_visits": "max_visits", "absent": "[journeys.main.steps.a]",
	} {
		if got := step.Line(path); got != at(text) {
			t.Errorf("Line(%q) = %v, want %v", path, got, at(text))
		}
	}
	wantACR := config.ACR{Strict: true, Order: []string{"1.0", "2.5"}, Levels: map[string]config.Level{
		"2.5": {Requires: [][]string{{"hwk"}, {"pwd", "otp"}}, MaxAge: 8 * time.Hour, Pos: at("[acr.levels")},
	}}
	if diff := cmp.Diff(wantACR, c.ACR); diff != "" {
		t.Error(diff)
	}
	if c.Demo.Users[0].Password.Reveal() != "wonderland" || c.Messages.SMS.Bearer.Reveal() != "sms-token" {
		t.Error("a secret was not read")
	}
}

func TestInclude(t *testing.T) {
	files := fstest.MapFS{
		"etc/config.toml":      {Data: []byte("include = [\"j/*.toml\", \"j/b.toml\"]\nissuer = \"https://a.example\"\n[[clients]]\nid = \"one\"\nredirect_uris = [\"https://a.example/cb\"]\njourney = \"b\"\n")},
		"etc/j/a.toml":         {Data: []byte("[plugins.p]\npath = \"p.wasm\"\ninsecure_allow_unpinned = true\n[store]\ndsn = \"sqlite:x.db\"\n")},
		"etc/j/b.toml":         {Data: []byte("include = [\"../config.toml\"]\n[journeys.b]\nstart = \"s\"\n[[clients]]\nid = \"two\"\nredirect_uris = [\"https://b.example/cb\"]\njourney = \"b\"\n")},
		"etc/j/unrelated.json": {Data: []byte("{}")},
	}
	c, err := config.FS(files).Load("etc/config.toml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"etc/config.toml", "etc/j/a.toml", "etc/j/b.toml"}, c.Files); diff != "" {
		t.Error(diff)
	}
	if got, want := c.Plugins["p"].Path, "etc/j/p.wasm"; got != want {
		t.Errorf("path = %q, want %q: relative to the file that names it", got, want)
	}
	if got, want := c.Store.DSN, "sqlite:etc/j/x.db"; got != want {
		t.Errorf("dsn = %q, want %q", got, want)
	}
	if len(c.Clients) != 2 || c.Clients[1].Pos != (journey.Pos{File: "etc/j/b.toml", Line: 4}) {
		t.Errorf("clients of both files were expected, got %+v", c.Clients)
	}
}

func TestTwiceNamesBothPlaces(t *testing.T) {
	files := fstest.MapFS{
		"c.toml": {Data: []byte("include = [\"i.toml\"]\nissuer = \"https://a.example\"\n[journeys.b]\nstart = \"s\"\n")},
		"i.toml": {Data: []byte("issuer = \"https://b.example\"\n[journeys.b]\ntitle = \"x\"\n")},
	}
	_, err := config.FS(files).Load("c.toml")
	want := []string{
		"i.toml:1: issuer is defined here and at c.toml:2 (hint: remove one of the two)",
		"i.toml:2: journeys.b is defined here and at c.toml:3 (hint: remove one of the two)",
	}
	if diff := cmp.Diff(want, strings.Split(asFaults(t, err).Error(), "\n")); diff != "" {
		t.Error(diff)
	}
}

func TestSecretFromTheEnvironment(t *testing.T) {
	const src = "issuer = \"https://a.example\"\n[messages.sms]\ntype = \"http\"\nurl = \"https://sms.example\"\nbearer_env = \"SMS_TOKEN\"\n"
	source := config.FS(fstest.MapFS{"c.toml": {Data: []byte(src)}})
	_, err := source.Load("c.toml")
	if got, want := asFaults(t, err).Error(), `c.toml:5: the environment variable SMS_TOKEN, which bearer_env names, is not set (hint: set it before acrhost starts)`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	source.LookupEnv = func(name string) (string, bool) { return "from " + name, true }
	c, err := source.Load("c.toml")
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Messages.SMS.Bearer.Reveal(); got != "from SMS_TOKEN" {
		t.Errorf("bearer = %q", got)
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	c := mustParse(t, everything)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", c.Clients[0].Secret, "client", c.Clients[0])
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{fmt.Sprintf("%v %+v %#v %s %q", *c, *c, c.Clients, c.Clients[0].Secret, c.Demo.Users[0].Password), string(asJSON), log.String()} {
		for _, secret := range []string{"wonderland", "sixteen-letters!", "sms-token"} {
			if strings.Contains(shown, secret) {
				t.Errorf("%q is shown in %s", secret, shown)
			}
		}
	}
}

func TestFaultsHideSecrets(t *testing.T) {
	for _, src := range []string{
		"[store]\ndsn = \"postgres://u:hunter2@db/x\"\n",
		"[store]\ndsn = postgres://u:hunter2@db/x\n",
		"[[clients]]\nid = \"c\"\nsecret = \"hunter2\"\n",
		"[[clients]]\nid = \"c\"\nsecret_env = \"hunter2\"\n",
		"[[clients]]\nid = \"c\"\nsecret = hunter2\n",
		"clients = [{ secret = 1_hunter2 }]\n",
		"[[demo.users]]\npassword = 'hunter2\n",
		"[messages.sms]\nbearer = hunter2\n",
		"[messages.sms]\ntype = \"http\"\nurl = \"http://u:hunter2@sms.example\"\n",
		"issuer = \"http://u:hunter2@a.example\"\n",
	} {
		_, err := config.Parse("c.toml", []byte(src))
		if err == nil {
			t.Errorf("no fault in %q", src)
		} else if got := asFaults(t, err).Error(); strings.Contains(got, "hunter2") {
			t.Errorf("a secret is in %s", got)
		}
	}
}

// What a file says must not reach the terminal as a control sequence.
func TestFaultsStayOnTheirLine(t *testing.T) {
	_, err := config.Parse("c.toml", []byte("issuer = \"https://a.example\"\n[journey_by_acr]\n\"a\\u001b[2J\\nb\" = \"x\"\n"))
	for line := range strings.Lines(asFaults(t, err).Error()) {
		if !strings.HasPrefix(line, "c.toml:") || strings.Contains(line, "\x1b") {
			t.Errorf("a fault broke out: %q", line)
		}
	}
}

func TestMissingFile(t *testing.T) {
	_, err := config.Load(t.TempDir() + "/none.toml")
	if faults := asFaults(t, err); len(faults) != 1 || !strings.Contains(faults.Error(), "no such file") {
		t.Errorf("got %v", faults)
	}
}

// A list of breached passwords is looked at when the configuration is read, beside
// the file that names it.
func TestBreachedFile(t *testing.T) {
	files := fstest.MapFS{
		"etc/config.toml":     {Data: []byte("issuer = \"https://login.example.com\"\n[passwords]\nparallel = 3\nbreached_file = \"lists/plain.txt\"\n")},
		"etc/lists/plain.txt": {Data: []byte("password1\nhunter2\n")},
	}
	c, err := config.FS(files).Load("etc/config.toml")
	if err != nil {
		t.Fatal(err)
	}
	if c.Passwords.BreachedFile != "etc/lists/plain.txt" || c.Passwords.Parallel != 3 {
		t.Errorf("got %+v", c.Passwords)
	}
}

func TestKeys(t *testing.T) {
	c := mustParse(t, "issuer = \"https://login.example.com\"\n[keys]\nrotate_every = \"90d\"\npublish_before = \"36h\"\n[tokens]\nsession = \"1d\"")
	if c.Keys != (config.Keys{RotateEvery: 90 * 24 * time.Hour, PublishBefore: 36 * time.Hour}) {
		t.Errorf("got %+v", c.Keys)
	}
	// ID tokens come back as id_token_hint for as long as the session may last.
	if kept := c.KeysKept(); kept <= 24*time.Hour {
		t.Errorf("keys are kept for %s", kept)
	}
}
