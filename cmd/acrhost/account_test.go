package main

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/pquerna/otp/totp"

	"github.com/acrhost/acrhost/host/hosttest"
)

// accountTab is a browser at the account pages of the shipped configuration.
type accountTab struct {
	*hosttest.Browser
	t      *testing.T
	issuer string
	page   *hosttest.Page
}

func newAccountTab(t *testing.T, issuer string) *accountTab {
	t.Helper()
	b, err := hosttest.NewBrowser(issuer)
	if err != nil {
		t.Fatal(err)
	}
	return &accountTab{Browser: b, t: t, issuer: issuer}
}

func (a *accountTab) shows(p *hosttest.Page, err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
	a.page = p
}

func (a *accountTab) get(path string) {
	a.t.Helper()
	a.shows(a.Get(a.issuer + path))
}

// submit sends the page's form; submitForm one of several.
func (a *accountTab) submit(fields ...string) {
	a.t.Helper()
	a.shows(a.Submit(a.page, pairsOf(fields)))
}

func (a *accountTab) submitForm(id string, fields ...string) {
	a.t.Helper()
	a.shows(a.SubmitForm(a.page, id, pairsOf(fields)))
}

func pairsOf(fields []string) map[string]string {
	all := map[string]string{}
	for i := 0; i < len(fields); i += 2 {
		all[fields[i]] = fields[i+1]
	}
	return all
}

// sees wants a page with a status and a text.
func (a *accountTab) sees(status int, texts ...string) {
	a.t.Helper()
	for _, text := range texts {
		if a.page.Status != status || !strings.Contains(a.page.Text(), text) {
			a.t.Fatalf("%s is %d, not %d with %q:\n%s", a.page.URL, a.page.Status, status, text, a.page.Text())
		}
	}
}

func (a *accountTab) noticed(text string) {
	a.t.Helper()
	if got := a.page.TextOf("notice"); a.page.URL.Path != "/account" || got != text {
		a.t.Fatalf("at %s the notice is %q, not %q:\n%s", a.page.URL, got, text, a.page.Text())
	}
}

// signIn signs in by password and SMS code.
func (a *accountTab) signIn(user, password string) {
	a.t.Helper()
	a.get("/account")
	a.bySMS(user, password)
}

func (a *accountTab) bySMS(user, password string) {
	a.t.Helper()
	a.sees(http.StatusOK, "How do you want to sign in?")
	a.submit("choice", "sms")
	a.submit("username", user, "password", password)
	a.submit("code", lastCode(a.t, a.issuer, "sms"))
	if a.page.URL.Path != "/account" {
		a.t.Fatalf("at %s:\n%s", a.page.URL, a.page.Text())
	}
}

const alicesPassword = "correct horse battery staple"

// TestAccount goes through /account as a user without JavaScript: what needs none is
// added, renamed and removed, and told to the user.
func TestAccount(t *testing.T) {
	issuer := serveShipped(t)
	a := newAccountTab(t, issuer)
	a.signIn("alice", alicesPassword)
	a.sees(http.StatusOK, "Your account", "alice", "Password Changed", "You can’t do without this one.", "+•••01", "a•••@e•••.com", "This browser", "127.0.0.1")
	if a.page.Link("remove-1") != "" {
		t.Error("the last way to sign in has a link to remove it")
	}

	a.submitForm("form-totp")
	a.sees(http.StatusOK, "Add an authenticator app", "Your account")
	key := strings.ReplaceAll(a.page.TextOf("_key-app"), " ", "")
	code, err := totp.GenerateCode(key, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	a.submit("code", code, "name", "Old phone")
	a.noticed("The authenticator app was added.")
	a.sees(http.StatusOK, "Old phone", "Not used yet")
	told(t, issuer, "An authenticator app (Old phone) was added to")

	a.submitForm("form-recovery-codes")
	a.sees(http.StatusOK, "Keep your recovery codes")
	a.submit()
	a.noticed("Your new recovery codes count from now on.")
	a.sees(http.StatusOK, "10 left")

	a.get(a.page.Link("rename-2"))
	a.submit("name", "New phone")
	a.noticed("The new name was kept.")
	a.sees(http.StatusOK, "New phone")

	a.get(a.page.Link("remove-2"))
	a.sees(http.StatusOK, "Remove New phone?")
	a.submit()
	a.noticed("It was removed.")
	told(t, issuer, "An authenticator app (New phone) was removed from")

	// The user changes their mind.
	a.submitForm("form-totp")
	a.submit("_action", "skip")
	a.noticed("Nothing was changed.")

	a.submitForm("form-password")
	a.submit("password", alicesPassword, "new_password", "quiet rivers carry no boats", "new_password_again", "quiet rivers carry no boats")
	a.noticed("Your password was changed.")

	a.submitForm("form-sign-out")
	a.sees(http.StatusOK, "You are signed out")
	a.get("/account")
	a.bySMS("alice", "quiet rivers carry no boats")
}

// told wants the newest message by e-mail to say something.
func told(t *testing.T, issuer, text string) {
	t.Helper()
	list, err := hosttest.Outbox(issuer)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if m.Channel == "email" {
			if !strings.Contains(m.Text, text) {
				t.Errorf("the user was told: %s", m.Text)
			}
			return
		}
	}
	t.Errorf("nothing was sent, and not %q", text)
}

// TestAccountPasskey adds a passkey and removes the password; then the passkey is the
// last way to sign in.
func TestAccountPasskey(t *testing.T) {
	issuer := serveShipped(t)
	a := newAccountTab(t, issuer)
	a.signIn("bob", "winter tulips under glass")
	a.submitForm("form-passkey")
	m := regexp.MustCompile(`data-options="([^"]*)"`).FindSubmatch(a.page.Body)
	if m == nil {
		t.Fatalf("no options on the page:\n%s", a.page.Body)
	}
	options, err := virtualwebauthn.ParseAttestationOptions(html.UnescapeString(string(m[1])))
	if err != nil {
		t.Fatal(err)
	}
	rp := virtualwebauthn.RelyingParty{ID: "localhost", Name: "localhost", Origin: issuer}
	device := virtualwebauthn.NewAuthenticator()
	a.submit("passkey", virtualwebauthn.CreateAttestationResponse(rp, device, virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeRSA), *options), "name", "Blue key")
	a.noticed("The passkey was added.")
	a.sees(http.StatusOK, "Blue key On one device only")

	passkey := a.page.Link("remove-2")
	a.get(a.page.Link("remove-1"))
	a.sees(http.StatusOK, "Remove Password?")
	a.submit()
	a.noticed("It was removed.")
	a.sees(http.StatusOK, "Choose a password", "You can’t do without this one.")
	a.get(passkey)
	a.sees(http.StatusOK, "You can’t do without this one")
	if _, ok := a.page.Form(); ok {
		t.Error("there is a form to remove it")
	}
}

// TestAccountSessions signs out a session that is open in another browser.
func TestAccountSessions(t *testing.T) {
	issuer := serveShipped(t)
	here, there := newAccountTab(t, issuer), newAccountTab(t, issuer)
	there.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	there.signIn("alice", alicesPassword)
	here.signIn("alice", alicesPassword)
	here.sees(http.StatusOK, "Firefox on Linux", "Sign out everywhere else")
	here.submitForm("form-end-2")
	here.noticed("The session was signed out.")
	there.get("/account")
	there.sees(http.StatusOK, "How do you want to sign in?")
	if strings.Contains(here.page.Text(), "Firefox") {
		t.Error("the session is still listed")
	}
}
