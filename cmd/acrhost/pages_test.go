package main

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/pquerna/otp/totp"
)

// TestPagesInChromium goes past every page of a login by the keyboard alone, with
// scripts switched off but for passkeys, and holds each page against what all of them
// promise; see audit.
func TestPagesInChromium(t *testing.T) {
	issuer := serveFile(t, "testdata/pages.toml")
	ctx := newChromium(t)
	v := newVisitor(t, issuer, camera{ctx: ctx, dir: os.Getenv(screenshotsEnv)})
	v.auditFinds()
	v.signIn()
	v.enrollApp()
	v.recoveryCodes()
	v.addresses()
	v.changePassword()
	v.information()
	v.passkeys()
	v.end()
	v.devices()
	v.faults()
	v.account()
}

// signIn leads to the choice.
func (v *visitor) signIn() {
	v.t.Helper()
	v.open("/")
	v.audit("index")
	v.open("/demo")
	v.audit("demo")
	v.push("login-demo")
	v.audit("identify")
	v.send("username", "nobody")
	v.says("not known")
	v.audit("identify-unknown")
	v.send("username", "alice")
	v.audit("password")
	v.send("password", "wrong")
	v.audit("password-wrong")
	v.send("password", alicesPassword)
	v.audit("otp")
	v.send("code", "000000")
	v.audit("otp-wrong")
	v.send("code", v.code("sms"))
	v.audit("choice")
}

// enrollApp adds an authenticator app, and uses it.
func (v *visitor) enrollApp() {
	v.t.Helper()
	v.choose("choice", "enroll-totp")
	v.audit("enroll-totp")
	v.send("code", "000000")
	v.says("not the code")
	v.audit("enroll-totp-wrong")
	secret := strings.ReplaceAll(v.of("_key-app"), " ", "")
	code := func(periods time.Duration) string {
		code, err := totp.GenerateCode(secret, time.Now().Add(periods*30*time.Second))
		if err != nil {
			v.t.Fatal(err)
		}
		return code
	}
	first := code(0)
	v.send("code", first, "name", "Phone")
	v.choose("choice", "totp")
	v.audit("totp")
	v.send("code", first)
	v.says("counts once")
	v.audit("totp-twice")
	v.send("code", code(1))
}

// recoveryCodes makes codes, and uses one.
func (v *visitor) recoveryCodes() {
	v.t.Helper()
	v.choose("choice", "enroll-codes")
	v.audit("enroll-codes")
	first, _, _ := strings.Cut(strings.TrimSpace(v.of("_codes-codes")), "\n")
	v.push("submit")
	v.choose("choice", "code")
	v.audit("recovery-code")
	v.send("code", "0000-0000-0000")
	v.audit("recovery-code-wrong")
	v.send("code", first)
	v.says("running out")
	v.audit("recovery-codes-few")
	v.push("submit")
}

// addresses adds a phone number and an e-mail address.
func (v *visitor) addresses() {
	v.t.Helper()
	v.choose("choice", "enroll-phone")
	v.audit("enroll-phone")
	v.send("address", "12")
	v.says("not a phone number")
	v.audit("enroll-phone-wrong")
	v.send("address", "+1 555 555-0199")
	v.audit("enroll-phone-code")
	v.send("code", v.code("sms"))
	v.choose("choice", "enroll-email")
	v.audit("enroll-email")
	v.send("address", "alice@example.net")
	v.send("code", "000000")
	v.says("not right")
	v.audit("enroll-email-code-wrong")
	v.send("code", v.code("email"))
}

// changePassword makes mistakes, and thinks better of it.
func (v *visitor) changePassword() {
	v.t.Helper()
	v.choose("choice", "enroll-password")
	v.audit("change-password")
	v.send("password", alicesPassword, "new_password", "one thing", "new_password_again", "another thing")
	v.audit("change-password-wrong")
	v.push("skip")
}

// information is what is only read.
func (v *visitor) information() {
	v.t.Helper()
	v.choose("choice", "display")
	v.audit("display")
	v.push("submit")
	v.choose("choice", "consent")
	v.audit("consent")
	v.push("deny")
	v.choose("choice", "deny")
	v.audit("deny")
	v.push("submit")
}

// passkeys are the one thing that needs scripts: without, a page says so and leads on.
func (v *visitor) passkeys() {
	v.t.Helper()
	v.choose("choice", "enroll-passkey")
	v.says("Passkeys need JavaScript")
	v.audit("enroll-passkey-without-scripts")
	v.push("skip")
	act(v.t, v.ctx, scripts(true), virtualAuthenticator(webauthn.VirtualAuthenticatorOptions{Transport: webauthn.AuthenticatorTransportInternal}))
	v.scripts = true
	v.choose("choice", "enroll-passkey")
	v.audit("enroll-passkey")
	v.send("name", "Blue key")
	v.choose("choice", "enroll-passkey")
	v.to("submit")
	v.press("\r")
	v.await(`!document.getElementById("_passkey-notice").hidden`)
	v.says("has a passkey for your account already")
	v.audit("enroll-passkey-again")
	v.push("skip")
	v.choose("choice", "passkey")
	v.audit("passkey")
	v.push("submit")
	v.scripts = false
	act(v.t, v.ctx, scripts(false))
	v.says("Where do you want to go?")
}

// end ends the login, and begins another that ends by a form.
func (v *visitor) end() {
	v.t.Helper()
	run := evaluate[string](v, `location.pathname`)
	v.choose("choice", "done")
	v.says("Signed in")
	v.audit("demo-result")
	v.open("/demo/outbox")
	v.audit("demo-outbox")
	v.open(run)
	v.audit("finished")
	v.open("/authorize?" + url.Values{
		"client_id": {"demo"}, "response_type": {"code"}, "scope": {"openid"}, "response_mode": {"form_post"}, "state": {"s"},
		"redirect_uri": {v.issuer + "/demo/callback"}, "code_challenge_method": {"S256"}, "code_challenge": {strings.Repeat("A", 43)},
	}.Encode())
	v.says("Where do you want to go?") // all that counts was verified before
	v.choose("choice", "done")
	v.says("You are on your way back")
	v.audit("form-post")
}

// devices lets one device in, and another one not.
func (v *visitor) devices() {
	v.t.Helper()
	shown := func() string {
		answer := answerTo(v.t, http.DefaultClient, v.issuer+"/device_authorization", url.Values{"client_id": {"tv"}, "scope": {"openid email"}})
		return answer["user_code"].(string)
	}
	v.open("/device")
	v.audit("device")
	v.send("user_code", "BBBB-BBBB")
	v.says("No device shows this code")
	v.audit("device-wrong")
	v.send("user_code", shown())
	v.says("Living Room TV")
	v.audit("device-confirm")
	v.push("approve")
	v.choose("choice", "done") // all that counts was verified before
	v.says("Go back to your device")
	v.audit("device-done")
	v.open("/device?user_code=" + shown())
	v.push("submit")
	v.push("deny")
	v.says("was not signed in")
	v.audit("device-failed")
}

// faults are the pages that say what is wrong.
func (v *visitor) faults() {
	v.t.Helper()
	for name, path := range map[string]string{
		"fault-client": "/authorize?client_id=nobody", "fault-run": "/login/r_ABCDEFGHIJKLMNOPQRSTUVWXYZ", "fault-address": "/nothing-here",
		"demo-client": "/demo/login?client=nobody", "demo-failure": "/demo/callback?state=nothing-that-was-begun&error=access_denied",
	} {
		v.open(path)
		v.audit(name)
	}
}

// account is what users see of themselves: what was added on the way here is there.
func (v *visitor) account() {
	v.t.Helper()
	v.open("/account")
	for _, text := range []string{"Phone", "Blue key", "9 left"} {
		v.says(text)
	}
	v.audit("account")
	for _, link := range []string{"rename-2", "remove-2"} {
		v.push(link)
		v.audit("account-" + link[:6])
		v.open("/account")
	}
	v.push("sign-out")
	v.audit("account-signed-out")
}
