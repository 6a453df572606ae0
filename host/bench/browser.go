package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

const (
	clientID = "bench"
	scope    = "openid profile email offline_access"
	maxHops  = 10
	maxBody  = 1 << 20
	// checkEvery is how many logins share one check of the ID token's signature: it is the
	// user's work and not the server's, and would keep the users' processor from asking.
	checkEvery = 16
)

// user is a browser and the client behind it. It is for one goroutine.
type user struct {
	name   string
	http   *http.Client
	at     *provider
	logins int
	last   tokens
}

// tokens are what a login gives.
type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	ID      string `json:"id_token"`
	Error   string `json:"error"`
}

// login is a whole one, in a browser without cookies.
func (u *user) login(ctx context.Context) error {
	state, nonce, verifier := rand.Text(), rand.Text(), rand.Text()+rand.Text()
	challenge := sha256.Sum256([]byte(verifier))
	q := url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {redirect}, "scope": {scope}, "state": {state}, "nonce": {nonce},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}
	code, err := u.walk(ctx, u.at.Authorize+"?"+q.Encode(), state)
	if err != nil {
		return err
	}
	err = u.redeem(ctx, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirect}, "code_verifier": {verifier}})
	if err != nil {
		return err
	}
	return u.check(ctx, nonce)
}

// walk follows redirects and posts forms until the client gets its code.
func (u *user) walk(ctx context.Context, address, state string) (code string, err error) {
	cookies := map[string]string{}
	method, form := http.MethodGet, ""
	for range maxHops {
		res, page, err := u.do(ctx, method, address, form, cookies) //nolint:bodyclose // do closes it
		if err != nil {
			return "", err
		}
		for _, c := range res.Cookies() {
			cookies[c.Name] = c.Value
		}
		here := res.Request.URL
		switch res.StatusCode {
		case http.StatusFound, http.StatusSeeOther:
			next, err := here.Parse(res.Header.Get("Location"))
			if err != nil {
				return "", err
			}
			if strings.HasPrefix(next.String(), redirect+"?") {
				return codeOf(next.Query(), state)
			}
			method, address, form = http.MethodGet, next.String(), ""
		case http.StatusOK:
			action, values, err := u.fillIn(page)
			if err != nil {
				return "", fmt.Errorf("%s: %w", here, err)
			}
			next, err := here.Parse(action)
			if err != nil {
				return "", err
			}
			method, address, form = http.MethodPost, next.String(), values.Encode()
		default:
			return "", fmt.Errorf("%s %s: %s: %.200s", method, here, res.Status, page)
		}
	}
	return "", errors.New("the login does not end")
}

func codeOf(q url.Values, state string) (string, error) {
	switch {
	case q.Get("error") != "":
		return "", fmt.Errorf("the client got %s: %s", q.Get("error"), q.Get("error_description"))
	case q.Get("state") != state || q.Get("code") == "":
		return "", errors.New("the client got no code, or another state")
	}
	return q.Get("code"), nil
}

// do asks and reads the whole answer.
func (u *user) do(ctx context.Context, method, address, form string, cookies map[string]string) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form))
	if err != nil {
		return nil, nil, err
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := u.http.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	return res, body, err
}

var (
	formTag   = regexp.MustCompile(`(?is)<form\b([^>]*)>(.*?)</form>`)
	inputTag  = regexp.MustCompile(`(?is)<input\b[^>]*>`)
	attribute = regexp.MustCompile(`(?i)\b(name|type|value|action)="([^"]*)"`)
)

// fillIn answers the first form of a page: what is hidden goes back, the rest is the
// user's name and the password.
func (u *user) fillIn(page []byte) (action string, values url.Values, err error) {
	form := formTag.FindSubmatch(page)
	if form == nil {
		return "", nil, fmt.Errorf("no form: %.200s", page)
	}
	values = url.Values{}
	for _, input := range inputTag.FindAll(form[2], -1) {
		a := attributes(input)
		switch {
		case a["name"] == "":
		case a["type"] == "password":
			values.Set(a["name"], password)
		case a["name"] == "username":
			values.Set(a["name"], u.name)
		default:
			values.Add(a["name"], a["value"])
		}
	}
	return attributes(form[1])["action"], values, nil
}

func attributes(tag []byte) map[string]string {
	all := map[string]string{}
	for _, a := range attribute.FindAllSubmatch(tag, -1) {
		all[strings.ToLower(string(a[1]))] = html.UnescapeString(string(a[2]))
	}
	return all
}

// redeem asks for tokens.
func (u *user) redeem(ctx context.Context, form url.Values) error {
	form.Set("client_id", clientID)
	res, body, err := u.do(ctx, http.MethodPost, u.at.Token, form.Encode(), nil) //nolint:bodyclose // do closes it
	if err != nil {
		return err
	}
	u.last = tokens{}
	if err := json.Unmarshal(body, &u.last); err != nil {
		return fmt.Errorf("token endpoint: %s: %.200s", res.Status, body)
	}
	if res.StatusCode != http.StatusOK || u.last.Access == "" || u.last.Refresh == "" {
		return fmt.Errorf("token endpoint: %s: %s, or a token is missing", res.Status, u.last.Error)
	}
	return nil
}

// check reads the ID token, and checks its signature now and then.
func (u *user) check(ctx context.Context, nonce string) error {
	if u.logins++; u.logins%checkEvery == 1 {
		if _, err := u.at.tokens.Verify(ctx, u.last.ID); err != nil {
			return fmt.Errorf("ID token: %w", err)
		}
	}
	parts := strings.Split(u.last.ID, ".")
	if len(parts) != 3 {
		return errors.New("no ID token")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return fmt.Errorf("ID token: %w", err)
	}
	var claims struct {
		Issuer  string `json:"iss"`
		Subject string `json:"sub"`
		Nonce   string `json:"nonce"`
		Expires int64  `json:"exp"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return fmt.Errorf("ID token: %w", err)
	}
	if claims.Issuer != u.at.Issuer || claims.Subject == "" || claims.Nonce != nonce || claims.Expires < time.Now().Unix() {
		return fmt.Errorf("ID token: %s is not what was asked for", payload)
	}
	return nil
}

// refresh uses the refresh token of the last login or refresh.
func (u *user) refresh(ctx context.Context) error {
	return u.redeem(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {u.last.Refresh}})
}

// userinfo shows the access token.
func (u *user) userinfo(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.at.Userinfo, http.NoBody)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+u.last.Access)
	return u.expect(req, `"sub"`)
}

func (u *user) discovery(ctx context.Context) error {
	return u.get(ctx, strings.TrimSuffix(u.at.Issuer, "/")+"/.well-known/openid-configuration", `"issuer"`)
}

func (u *user) jwks(ctx context.Context) error { return u.get(ctx, u.at.JWKS, `"keys"`) }

func (u *user) get(ctx context.Context, address, want string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	return u.expect(req, want)
}

func (u *user) expect(req *http.Request, want string) error {
	res, err := u.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
		return fmt.Errorf("%s: %s: %.200s", req.URL, res.Status, body)
	}
	return nil
}
