package main

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

// TestAccountInChromium walks through /account: a passkey, an app and recovery codes
// are added, one is renamed and one removed; at the end the passkey signs in there.
func TestAccountInChromium(t *testing.T) {
	issuer := serveShipped(t)
	ctx := newChromium(t)
	camera := camera{ctx: ctx, dir: os.Getenv(screenshotsEnv)}
	act(t, ctx, chromedp.Navigate(issuer+"/demo"), virtualAuthenticator(webauthn.VirtualAuthenticatorOptions{
		Transport: webauthn.AuthenticatorTransportInternal, DefaultBackupEligibility: true, DefaultBackupState: true,
	}))
	act(t, ctx, chromedp.Click("#account"), chromedp.WaitVisible("input[name=choice][value=password]"),
		chromedp.Click("input[name=choice][value=password]"), chromedp.Click("#submit"), chromedp.WaitVisible("#password"),
		chromedp.SendKeys("#username", "alice"), chromedp.SendKeys("#password", alicesPassword+"\r"), chromedp.WaitVisible("#code"))
	act(t, ctx, chromedp.SendKeys("#code", lastCode(t, issuer, "sms")+"\r"), chromedp.WaitVisible("#sessions"))
	camera.shoot(t, "account-1-new")

	act(t, ctx, chromedp.Click("#add-passkey"), chromedp.WaitVisible("button[data-passkey-start]"), chromedp.SendKeys("#name", "Laptop"))
	camera.shoot(t, "account-2-passkey")
	act(t, ctx, chromedp.Click("button[data-passkey-start]"), chromedp.WaitVisible("#notice"))
	wants(t, ctx, "#passkeys", "Laptop", "Synced between devices", "Not used yet")

	addApp(t, ctx, camera)
	act(t, ctx, chromedp.Click("#add-recovery-codes"), chromedp.WaitVisible("#_codes-codes"))
	camera.shoot(t, "account-4-codes")
	act(t, ctx, chromedp.Click("#submit"), chromedp.WaitVisible("#notice"))
	wants(t, ctx, "#recovery-codes", "10 left")

	act(t, ctx, chromedp.Click("#rename-2"), chromedp.WaitVisible("#name"), chromedp.SetValue("#name", "Work laptop"))
	camera.shoot(t, "account-5-rename")
	act(t, ctx, chromedp.KeyEvent("\r"), chromedp.WaitVisible("#notice"))
	wants(t, ctx, "#passkeys", "Work laptop")
	camera.shoot(t, "account-6-full")

	act(t, ctx, chromedp.Click("#remove-3"), chromedp.WaitVisible("#submit"))
	camera.shoot(t, "account-7-remove")
	act(t, ctx, chromedp.Click("#submit"), chromedp.WaitVisible("#notice"))
	wants(t, ctx, "#notice", "It was removed.")

	act(t, ctx, chromedp.Click("#sign-out"), chromedp.WaitVisible("#account"))
	camera.shoot(t, "account-8-signed-out")
	act(t, ctx, chromedp.Click("#account"), chromedp.WaitVisible("input[name=choice][value=passkey]"),
		chromedp.Click("input[name=choice][value=passkey]"), chromedp.Click("#submit"),
		chromedp.WaitVisible("button[data-passkey-start]"), chromedp.Click("button[data-passkey-start]"), chromedp.WaitVisible("#sessions"))
	wants(t, ctx, "#passkeys", "Work laptop", "Last used")
}

// addApp adds an authenticator app by the key that the page shows.
func addApp(t *testing.T, ctx context.Context, camera camera) {
	t.Helper()
	act(t, ctx, chromedp.Click("#add-totp"), chromedp.WaitVisible("#_key-app"))
	camera.shoot(t, "account-3-app")
	code, err := totp.GenerateCode(strings.ReplaceAll(textOf(t, ctx, "#_key-app"), " ", ""), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	act(t, ctx, chromedp.SendKeys("#code", code), chromedp.SendKeys("#name", "Phone\r"), chromedp.WaitVisible("#notice"))
	wants(t, ctx, "#apps", "Phone", "Added")
}

// wants wants an element to show some texts.
func wants(t *testing.T, ctx context.Context, selector string, texts ...string) {
	t.Helper()
	shown := textOf(t, ctx, selector)
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			t.Errorf("%s does not show %q: %s", selector, text, shown)
		}
	}
}
