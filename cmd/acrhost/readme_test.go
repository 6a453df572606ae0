package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/hosttest"
)

// readme is README.md, which must be true.
func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// block is the fenced block of README behind a test marker.
func block(t *testing.T, marker string) string {
	t.Helper()
	pattern := regexp.MustCompile("(?s)<!-- test: " + marker + " -->\n```[a-z]+\n(.*?)```")
	m := pattern.FindStringSubmatch(readme(t))
	if m == nil {
		t.Fatalf("README has no block marked %q", marker)
	}
	return m[1]
}

func TestReadmeJourneyPassesTheCheck(t *testing.T) {
	dir := t.TempDir()
	config := `issuer = "http://localhost:8080"
journey = "example"
cache_dir = "` + absolute(t, "../../.cache/acrhost") + `"
[plugins.standard]
path = "` + standardPlugin(t) + `"
` + block(t, "journey")
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	output, err := acrhost(t, dir, "check")
	if err != nil {
		t.Errorf("acrhost check: %v\n%s", err, output)
	}
}

// TestReadmeClaims logs alice in, as README tells, and compares what it shows.
func TestReadmeClaims(t *testing.T) {
	issuer := serveShipped(t)
	tokens := logInAtBank(t, issuer)
	var want map[string]any
	if err := json.Unmarshal([]byte(block(t, "claims")), &want); err != nil {
		t.Fatal(err)
	}
	for name, value := range want {
		if !reflect.DeepEqual(tokens.ID[name], value) {
			t.Errorf("README shows %s %v; a login gives %v", name, value, tokens.ID[name])
		}
	}
}

func logInAtBank(t *testing.T, issuer string) *hosttest.Tokens {
	t.Helper()
	party, err := hosttest.NewParty(t.Context(), issuer, "demo", "", "http://127.0.0.1:5555/callback")
	if err != nil {
		t.Fatal(err)
	}
	browser, err := hosttest.NewBrowser(issuer)
	if err != nil {
		t.Fatal(err)
	}
	attempt := party.Begin(nil)
	page, err := browser.Get(attempt.URL)
	for _, fields := range []func() map[string]string{
		func() map[string]string { return map[string]string{"choice": "password"} },
		func() map[string]string {
			return map[string]string{"username": "alice", "password": "correct horse battery staple"}
		},
		func() map[string]string { return map[string]string{"code": lastCode(t, issuer, "sms")} },
	} {
		if err != nil {
			t.Fatal(err)
		}
		page, err = browser.Submit(page, fields())
	}
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := party.Finish(t.Context(), attempt, page.Params())
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

// TestReadmeCommands runs every command that README shows, at the top of the
// repository, and compares what it prints. A line of … stands for any lines.
func TestReadmeCommands(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(readme(t), -1)
	if len(blocks) == 0 {
		t.Fatal("README shows no command")
	}
	for _, m := range blocks {
		command, want, _ := strings.Cut(m[1], "\n")
		args, ok := strings.CutPrefix(command, "$ acrhost ")
		if !ok {
			t.Errorf("not a command of acrhost: %s", command)
			continue
		}
		got, err := acrhost(t, absolute(t, "../.."), strings.Fields(args)...)
		if err != nil {
			t.Errorf("%s: %v\n%s", command, err, got)
		}
		pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(want), "…\n", "(?s:.*)") + "$"
		if !regexp.MustCompile(pattern).MatchString(got) {
			t.Errorf("%s prints\n%s\nREADME shows\n%s", command, got, want)
		}
	}
}

func TestReadmeTableOfCommands(t *testing.T) {
	for _, m := range regexp.MustCompile("(?m)^\\| `acrhost ([a-z]+)(?: ([a-z\\\\|-]+))?").FindAllStringSubmatch(readme(t), -1) {
		for sub := range strings.SplitSeq(strings.ReplaceAll(m[2], "\\", ""), "|") {
			path := append([]string{m[1]}, strings.Fields(sub)...)
			if c, _, err := newRoot().Find(path); err != nil || c.Name() != path[len(path)-1] {
				t.Errorf("README names acrhost %s, which is no command", strings.Join(path, " "))
			}
		}
	}
}

// acrhost runs the command in a folder and gives what it printed.
func acrhost(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	return acrhostWith(t, dir, "", args...)
}

// acrhostWith is acrhost with something on standard input.
func acrhostWith(t *testing.T, dir, stdin string, args ...string) (string, error) {
	t.Helper()
	digest, err := fileDigest(standardPlugin(t))
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "acrhost", args...)
	command.Dir, command.Stdin = dir, strings.NewReader(stdin)
	command.Env = append(os.Environ(), digestEnv+"="+digest)
	output, err := command.CombinedOutput()
	return string(output), err
}
