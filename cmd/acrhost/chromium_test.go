package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/acrhost/acrhost/host/hosttest"
)

// screenshotsEnv names a folder that gets a picture of every page of the test.
const screenshotsEnv = "ACRHOST_SCREENSHOTS"

// TestShippedDemoInChromium follows README: the shipped configuration, a real
// browser, alice, her password and the code from the outbox.
func TestShippedDemoInChromium(t *testing.T) {
	issuer := serveShipped(t)
	ctx := newChromium(t)
	camera := camera{ctx: ctx, dir: os.Getenv(screenshotsEnv)}
	defer hearPolicy(t, ctx).kept(t)

	act(t, ctx, chromedp.Navigate(issuer+"/demo"), chromedp.WaitVisible("#login-demo"))
	camera.shoot(t, "1-demo")
	act(t, ctx, chromedp.Click("#login-demo"), chromedp.WaitVisible("#submit"))
	camera.shoot(t, "2-choose")
	act(t, ctx,
		chromedp.Click(`input[name=choice][value=password]`),
		chromedp.Click("#submit"),
		chromedp.WaitVisible("#password"))
	camera.shoot(t, "3-password")
	act(t, ctx,
		chromedp.SendKeys("#username", "alice"),
		chromedp.SendKeys("#password", "correct horse battery staple"),
		chromedp.Click("#submit"),
		chromedp.WaitVisible("#code"))
	camera.shoot(t, "4-code")
	// The keyboard alone: the code field has the focus, Enter sends the form.
	act(t, ctx, chromedp.KeyEvent(lastCode(t, issuer, "sms")+"\r"), chromedp.WaitVisible("#acr-trail"))
	camera.shoot(t, "5-signed-in")

	id, trail := textOf(t, ctx, "#id-token-claims"), textOf(t, ctx, "#acr-trail")
	var claims struct {
		ACR string   `json:"acr"`
		AMR []string `json:"amr"`
	}
	if err := json.Unmarshal([]byte(id), &claims); err != nil {
		t.Fatalf("ID token claims: %v in %s", err, id)
	}
	if claims.ACR != "2.0" || strings.Join(claims.AMR, " ") != "pwd sms mfa" {
		t.Errorf("acr %q, amr %q", claims.ACR, claims.AMR)
	}
	for _, want := range []string{"2.0", "acr-two-factors", "sha256:"} {
		if !strings.Contains(trail, want) {
			t.Errorf("the trail does not show %q: %s", want, trail)
		}
	}
}

// serveShipped runs the shipped configuration on a free port.
func serveShipped(t *testing.T) string { return serveFile(t, "../../config.toml") }

// serveFile runs a configuration with the shipped one's addresses on a free port.
func serveFile(t *testing.T, file string) string {
	t.Helper()
	issuer, _ := processOf(t, file)
	return issuer
}

// processOf is serveFile, with the process that serves.
func processOf(t *testing.T, file string) (issuer string, server *process) {
	t.Helper()
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	plugin := standardPlugin(t)
	issuer = "http://localhost:" + address[strings.LastIndex(address, ":")+1:]
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	replacements := strings.NewReplacer(
		"http://localhost:8080", issuer, "127.0.0.1:8080", address,
		`"plugins/dist/standard.wasm"`, `"`+plugin+"\"\nlimits.timeout = \"30s\"", "\nissuer = \"", "\ncache_dir = \""+absolute(t, "../../.cache/acrhost")+"\"\nissuer = \"")
	dir := t.TempDir()
	config := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(config, []byte(replacements.Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	path, err := exec.LookPath("acrhost")
	if err != nil {
		t.Fatal(err)
	}
	digest, err := fileDigest(plugin)
	if err != nil {
		t.Fatal(err)
	}
	if server, err = startServer(path, dir, append(os.Environ(), digestEnv+"="+digest), issuer, &lockedBuffer{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.stop(); err != nil {
			t.Errorf("stop the server: %v", err)
		}
	})
	return issuer, server
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// newChromium is a headless browser with an empty profile.
func newChromium(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("chromium is not installed: run make tools (%v)", err)
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(),
		append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(patience),
			chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// act does things in the browser, each within a bounded time.
func act(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	for _, step := range steps {
		if err := within(ctx, func(ctx context.Context) error { return chromedp.Do(ctx, step) }); err != nil {
			where, _ := chromedp.Run(ctx, chromedp.Location())
			t.Fatalf("%v\nat %s:\n%s", err, where, textOf(t, ctx, "body"))
		}
	}
}

func textOf(t *testing.T, ctx context.Context, selector string) string {
	t.Helper()
	var text string
	err := within(ctx, func(ctx context.Context) (err error) {
		text, err = chromedp.Run(ctx, chromedp.Text(selector))
		return err
	})
	if err != nil {
		t.Fatalf("text of %s: %v", selector, err)
	}
	return text
}

// within bounds what is done, once the browser runs: the first call starts it,
// and it lives as long as that call's context.
func within(ctx context.Context, do func(context.Context) error) error {
	if chromedp.FromContext(ctx).Target == nil {
		return do(ctx)
	}
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return do(bounded)
}

// camera takes a picture of a page, wide and on a phone, light and dark.
type camera struct {
	ctx context.Context
	dir string
}

func (c camera) shoot(t *testing.T, name string) {
	t.Helper()
	if c.dir == "" {
		return
	}
	for _, scheme := range []string{"light", "dark"} {
		for size, width := range map[string]int64{"wide": 1100, "phone": 390} {
			act(t, c.ctx, prefer(scheme), chromedp.EmulateViewport(width, 780))
			png, err := chromedp.Run(c.ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(c.dir, fmt.Sprintf("%s-%s-%s.png", name, size, scheme))
			if err := os.WriteFile(file, png, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	act(t, c.ctx, prefer("light"), chromedp.EmulateViewport(1100, 780))
}

func prefer(scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

// lastCode is the newest code that the outbox shows.
func lastCode(t *testing.T, issuer, channel string) string {
	t.Helper()
	list, err := hosttest.Outbox(issuer)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if code := digits.FindString(m.Text); m.Channel == channel && code != "" {
			return code
		}
	}
	t.Fatalf("no code was sent by %s", channel)
	return ""
}
