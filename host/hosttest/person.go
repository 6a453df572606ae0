package hosttest

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Person is a user at a browser, with what they know and hold.
type Person struct {
	Issuer         string
	Browser        *Browser
	Name, Password string
	// Picks are the options that they take where they can choose, the first of these
	// that the page has.
	Picks []string
	// Declines are questions that they answer by the page's last button, which leads
	// away: passkey, add passkey, add totp, consent.
	Declines []string
	Key      *Key             // nil: they hold none
	Now      func() time.Time // the clock of their authenticator app; nil: time.Now

	app string // the secret that the app scanned
}

// Answer is how an authorization request ended.
type Answer struct {
	// Asked is what the user was asked on the way, in order: username, password, sms,
	// email, totp, passkey, add passkey, add totp, choice, consent, read (a page that
	// only has to be read).
	Asked []string
	// Texts are what those pages read.
	Texts  []string
	Params url.Values // what came to the redirect URI
	Tokens *Tokens    // nil: Params hold an error
}

// Error is the OAuth error that the client got, empty when there was none.
func (a *Answer) Error() string { return a.Params.Get("error") }

// NewPerson sits down at a browser without cookies.
func NewPerson(issuer, name, password string) (*Person, error) {
	b, err := NewBrowser(issuer)
	if err != nil {
		return nil, err
	}
	return &Person{Issuer: issuer, Browser: b, Name: name, Password: password}, nil
}

// maxQuestions bounds what one login asks.
const maxQuestions = 24

// LogIn makes an authorization request with these extra parameters and answers what
// is asked, rightly, until the client is answered. An error is one of the test's: the
// client was not answered, or not with the right state and iss, or got an error and a
// code, or tokens that do not hold.
func (p *Person) LogIn(ctx context.Context, party *Party, extra url.Values) (*Answer, error) {
	attempt := party.Begin(extra)
	page, a, err := p.Visit(attempt.URL)
	if err != nil {
		return nil, err
	}
	return a, p.answered(ctx, party, attempt, page, a)
}

// Visit goes to an address and answers what is asked there, rightly, until nothing is. It
// gives the last page, which is at another origin where a client was answered.
func (p *Person) Visit(address string) (*Page, *Answer, error) {
	page, err := p.Browser.Get(address)
	a := &Answer{}
	for range maxQuestions {
		if err != nil {
			return nil, nil, err
		}
		form, ok := page.Form()
		if !ok || page.Posted != nil {
			return page, a, nil
		}
		if p.Browser.leaves(page, form) {
			page, err = p.Browser.Submit(page, nil)
			continue
		}
		q := questionOf(form, page)
		a.Asked, a.Texts = append(a.Asked, q), append(a.Texts, page.Text())
		var fields map[string]string
		if fields, err = p.reply(q, form, page); err == nil {
			page, err = p.Browser.Submit(page, fields)
		}
	}
	return nil, nil, fmt.Errorf("no end of questions: %v", a.Asked)
}

func (p *Person) answered(ctx context.Context, party *Party, attempt Attempt, page *Page, a *Answer) error {
	a.Params = page.Params()
	if a.Params.Get("state") != attempt.State || a.Params.Get("iss") != p.Issuer {
		return fmt.Errorf("no answer with state and iss: %s, status %d\n%s", page.URL, page.Status, page.Text())
	}
	if a.Error() == "" {
		var err error
		a.Tokens, err = party.Finish(ctx, attempt, a.Params)
		return err
	}
	if a.Params.Has("code") {
		return fmt.Errorf("a code beside the error %s", a.Error())
	}
	return nil
}

// declines says whether the person answers a question by the button that leads away.
func (p *Person) declines(question string, form *Form) bool {
	return len(form.Buttons) > 1 && (slices.Contains(p.Declines, question) || question == "passkey" && !p.Key.registered())
}

// String is the answer in a line: what was asked, then the acr of both tokens, or the
// error: "password sms: 2.0". Tokens without an acr say none, and tokens that differ
// say so.
func (a *Answer) String() string {
	return strings.Join(a.Asked, ", ") + ": " + a.Ended()
}

// Ended is the acr of both tokens, or the error.
func (a *Answer) Ended() string {
	switch {
	case a.Tokens == nil:
		return a.Error()
	case a.Tokens.ID["acr"] != a.Tokens.Access["acr"]:
		return fmt.Sprintf("%v in one token, %v in the other", a.Tokens.ID["acr"], a.Tokens.Access["acr"])
	case a.Tokens.ID["acr"] == nil:
		return "none"
	}
	return fmt.Sprint(a.Tokens.ID["acr"])
}
