package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/pquerna/otp/totp"
)

// TestAccountInChromium walks through /account by the keyboard: an app, recovery codes
// and a passkey are added, one is renamed and one removed; at the end the passkey signs
// in there. Scripts run for the passkey alone.
func TestAccountInChromium(t *testing.T) {
	issuer := serveShipped(t)
	ctx := newChromium(t)
	v := newVisitor(t, issuer, camera{ctx: ctx, dir: os.Getenv(screenshotsEnv)})
	v.open("/demo")
	v.push("account")
	v.choose("choice", "sms")
	v.send("username", "alice", "password", alicesPassword)
	v.send("code", v.code("sms"))
	v.shows("password", "You can’t do without this one.")
	v.audit("account-new")

	v.push("add-totp")
	v.addAccountApp()
	v.push("add-recovery-codes")
	v.push("submit")
	v.shows("recovery-codes", "10 left")
	v.addAccountPasskey()

	v.push("rename-2")
	v.audit("account-rename")
	v.send("name", "Work laptop")
	v.shows("passkeys", "Work laptop")
	v.audit("account")
	v.push("remove-3")
	v.audit("account-remove")
	v.push("submit")
	v.shows("notice", "It was removed.")

	v.push("sign-out")
	v.audit("account-signed-out")
	v.open("/account/back?for=change")
	v.audit("account-stopped")
	v.signInByPasskey()
	v.shows("passkeys", "Last used")
}

// shows fails the test when an element does not say all of this.
func (v *visitor) shows(id string, texts ...string) {
	v.t.Helper()
	v.says("Your account")
	for _, text := range texts {
		if shown := v.of(id); !strings.Contains(shown, text) {
			v.t.Fatalf("%s does not show %q: %s", id, text, shown)
		}
	}
}

// addAccountApp adds an authenticator app by the key that the page shows.
func (v *visitor) addAccountApp() {
	v.t.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(v.of("_key-app"), " ", ""), time.Now())
	if err != nil {
		v.t.Fatal(err)
	}
	v.send("code", code, "name", "Phone")
	v.shows("notice", "The authenticator app was added.")
	v.shows("apps", "Phone", "Not used yet")
}

func (v *visitor) addAccountPasskey() {
	v.t.Helper()
	v.withScripts(true)
	act(v.t, v.ctx, virtualAuthenticator(webauthn.VirtualAuthenticatorOptions{
		Transport: webauthn.AuthenticatorTransportInternal, DefaultBackupEligibility: true, DefaultBackupState: true,
	}))
	v.push("add-passkey")
	v.send("name", "Laptop")
	v.shows("notice", "The passkey was added.")
	v.shows("passkeys", "Laptop", "Synced between devices", "Not used yet")
	v.withScripts(false)
}

func (v *visitor) signInByPasskey() {
	v.t.Helper()
	v.withScripts(true)
	v.push("account")
	v.choose("choice", "passkey")
	v.push("submit")
	v.withScripts(false)
}

// withScripts lets the pages from now on run scripts, or not.
func (v *visitor) withScripts(run bool) {
	v.t.Helper()
	v.scripts = run
	act(v.t, v.ctx, scripts(run))
}
