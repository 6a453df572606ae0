package hosttest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
)

// questionOf says what a page of the standard plugin asks.
func questionOf(form *Form, page *Page) string {
	text := page.Text()
	switch {
	case form.Passkey != nil && form.Passkey.Ceremony == "create":
		return "add passkey"
	case form.Passkey != nil:
		return "passkey"
	case form.Has("password"):
		return "password"
	case form.Has("username"):
		return "username"
	case form.Has("choice"):
		return "choice"
	case form.Has("code") && appKey(page) != "":
		return "add totp"
	case form.Has("code") && strings.Contains(text, "e-mail"):
		return "email"
	case form.Has("code") && strings.Contains(text, "authenticator app"):
		return "totp"
	case form.Has("code"):
		return "sms"
	case slices.Contains(form.Buttons, "approve"):
		return "consent"
	}
	return "read"
}

// appKey is the key that a page gives an authenticator app, empty when it gives none.
func appKey(page *Page) string {
	for _, text := range page.Elements("code") {
		if key := strings.ReplaceAll(text, " ", ""); base32Key.MatchString(key) {
			return key
		}
	}
	return ""
}

var base32Key = regexp.MustCompile(`^[A-Z2-7]{16,}$`)

// reply is what the person answers.
func (p *Person) reply(question string, form *Form, page *Page) (map[string]string, error) {
	if p.declines(question, form) {
		return map[string]string{"_action": form.Buttons[len(form.Buttons)-1]}, nil
	}
	switch question {
	case "username":
		return map[string]string{"username": p.Name}, nil
	case "password":
		fields := map[string]string{"password": p.Password}
		if form.Values.Get("username") == "" {
			fields["username"] = p.Name
		}
		return fields, nil
	case "sms", "email":
		return p.sent(question)
	case "totp":
		return p.code(p.app)
	case "add totp":
		p.app = appKey(page)
		return p.code(p.app)
	case "passkey", "add passkey":
		return p.useKey(form.Passkey)
	case "choice":
		return p.pick(page)
	case "consent":
		return map[string]string{"_action": "approve"}, nil
	}
	return map[string]string{}, nil
}

var digits = regexp.MustCompile(`\d{6}`)

// sent is the code of the last message of a channel.
func (p *Person) sent(channel string) (map[string]string, error) {
	list, err := Outbox(p.Issuer)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(m Message) bool { return m.Channel == channel })
	if i < 0 {
		return nil, fmt.Errorf("no message by %s", channel)
	}
	return map[string]string{"code": digits.FindString(list[i].Text)}, nil
}

// code is what the authenticator app shows.
func (p *Person) code(secret string) (map[string]string, error) {
	now := time.Now
	if p.Now != nil {
		now = p.Now
	}
	code, err := totp.GenerateCode(secret, now())
	if err != nil {
		return nil, fmt.Errorf("the app's code: %w", err)
	}
	return map[string]string{"code": code}, nil
}

func (p *Person) useKey(asked *Passkey) (map[string]string, error) {
	act := p.Key.get
	if asked.Ceremony == "create" {
		if p.Key == nil {
			p.Key = &Key{}
		}
		act = p.Key.create
	}
	response, err := act(p.Browser.origin, asked.Options)
	if err != nil {
		return nil, err
	}
	return map[string]string{asked.Field: response}, nil
}

func (p *Person) pick(page *Page) (map[string]string, error) {
	for _, value := range p.Picks {
		if strings.Contains(string(page.Body), `value="`+value+`"`) {
			return map[string]string{"choice": value}, nil
		}
	}
	return nil, fmt.Errorf("none of %q can be chosen here:\n%s", p.Picks, page.Text())
}
