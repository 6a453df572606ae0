package main

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// TestPasskeysInChromium: a user without a passkey adds one in the middle of a login
// and ends with the higher acr; then the bank's second branch takes it, without a
// user name.
func TestPasskeysInChromium(t *testing.T) {
	issuer := serveShipped(t)
	for _, test := range []struct {
		name, user, amr string
		options         webauthn.VirtualAuthenticatorOptions
	}{
		{"bound to its device", "alice", "hwk user mfa", webauthn.VirtualAuthenticatorOptions{Transport: webauthn.AuthenticatorTransportInternal}},
		{"synced", "bob", "swk user mfa", webauthn.VirtualAuthenticatorOptions{
			Transport: webauthn.AuthenticatorTransportInternal, DefaultBackupEligibility: true, DefaultBackupState: true,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx := newChromium(t)
			camera := camera{ctx: ctx, dir: os.Getenv(screenshotsEnv)}
			defer hearPolicy(t, ctx).kept(t)
			act(t, ctx, chromedp.Navigate(issuer+"/demo"), virtualAuthenticator(test.options))

			enrollInVault(t, ctx, issuer, test.user, camera)
			acr, amr := tokenSays(t, ctx)
			if acr != "2.5" || !strings.Contains(amr, test.amr[:3]) {
				t.Errorf("after enrolling: acr %q, amr %q", acr, amr)
			}

			act(t, ctx,
				chromedp.Navigate(issuer+"/demo/login?client=demo&prompt=login"), chromedp.WaitVisible("input[name=choice][value=passkey]"),
				chromedp.Click("input[name=choice][value=passkey]"), chromedp.Click("#submit"),
				chromedp.WaitVisible("button[data-passkey-start]"))
			camera.shoot(t, "passkey")
			act(t, ctx, chromedp.Click("button[data-passkey-start]"), chromedp.WaitVisible("#acr-trail"))
			if acr, amr := tokenSays(t, ctx); acr != "2.5" || amr != test.amr {
				t.Errorf("by passkey: acr %q, amr %q, want 2.5 and %q", acr, amr, test.amr)
			}
		})
	}
}

// enrollInVault signs a user in who has no passkey yet, up to the end.
func enrollInVault(t *testing.T, ctx context.Context, issuer, user string, camera camera) {
	t.Helper()
	passwords := map[string]string{"alice": "correct horse battery staple", "bob": "winter tulips under glass"}
	act(t, ctx,
		chromedp.Navigate(issuer+"/demo/login?client=demo-vault"), chromedp.WaitVisible("#username"),
		chromedp.SendKeys("#username", user),
		chromedp.SendKeys("#password", passwords[user]+"\r"), chromedp.WaitVisible("#code"))
	act(t, ctx, chromedp.SendKeys("#code", lastCode(t, issuer, "sms")+"\r"), chromedp.WaitVisible("button[data-passkey-start]"))
	camera.shoot(t, "enroll-passkey")
	act(t, ctx,
		chromedp.SendKeys("#name", "Blue key"),
		chromedp.Click("button[data-passkey-start]"), chromedp.WaitVisible("#acr-trail"))
}

// virtualAuthenticator gives the browser an authenticator whose user agrees to
// everything.
func virtualAuthenticator(o webauthn.VirtualAuthenticatorOptions) chromedp.Action[chromedp.Void] {
	o.Protocol, o.HasResidentKey, o.HasUserVerification = webauthn.AuthenticatorProtocolCtap2, true, true
	o.IsUserVerified, o.AutomaticPresenceSimulation = true, true
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &o})
		return err
	})
}

// tokenSays reads acr and amr off the demo's page.
func tokenSays(t *testing.T, ctx context.Context) (acr, amr string) {
	t.Helper()
	var claims struct {
		ACR string   `json:"acr"`
		AMR []string `json:"amr"`
	}
	text := textOf(t, ctx, "#id-token-claims")
	if err := json.Unmarshal([]byte(text), &claims); err != nil {
		t.Fatalf("ID token claims: %v in %s", err, text)
	}
	return claims.ACR, strings.Join(claims.AMR, " ")
}
