package hosttest

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// maxHops bounds the redirects of one navigation.
const maxHops = 20

// Browser keeps cookies, follows redirects within one origin and sends forms.
// It runs no scripts. It is for one goroutine at a time; Clone gives another
// that shares its cookies, as a second tab does.
type Browser struct {
	origin string // scheme and host of the provider; other hosts are not visited
	http   *http.Client
	// Header is sent with every request.
	Header http.Header
}

// NewBrowser is a browser with no cookies, for the provider at this address.
func NewBrowser(issuer string) (*Browser, error) {
	u, err := url.Parse(issuer)
	if err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		return nil, fmt.Errorf("cookie jar: %w", err)
	}
	return &Browser{
		origin: u.Scheme + "://" + u.Host,
		http: &http.Client{
			Jar:           jar,
			Timeout:       time.Minute,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		Header: http.Header{},
	}, nil
}

// Clone is a second tab: the same cookies, its own pages.
func (b *Browser) Clone() *Browser {
	return &Browser{origin: b.origin, http: b.http, Header: b.Header.Clone()}
}

// Cookies are what the browser would send to the provider.
func (b *Browser) Cookies() []*http.Cookie {
	u, err := url.Parse(b.origin)
	if err != nil {
		return nil
	}
	return b.http.Jar.Cookies(u)
}

// SetCookie plants a cookie, as an attacker on a sibling host might.
func (b *Browser) SetCookie(c *http.Cookie) {
	if u, err := url.Parse(b.origin); err == nil {
		b.http.Jar.SetCookies(u, []*http.Cookie{c})
	}
}

// Get navigates to an address.
func (b *Browser) Get(address string) (*Page, error) {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	return b.follow(req)
}

// Post sends a form to an address, without a page that it came from.
func (b *Browser) Post(address string, form url.Values) (*Page, error) {
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("post: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.follow(req)
}

// Submit fills in the page's first form and sends it. Fields that are not named
// keep the page's values; _action names the button.
func (b *Browser) Submit(p *Page, fields map[string]string) (*Page, error) {
	form, ok := p.Form()
	if !ok {
		return nil, fmt.Errorf("%s: no form on this page:\n%s", p.URL, p.Text())
	}
	return b.send(p, form, fields)
}

// SubmitForm is Submit for the form with this id.
func (b *Browser) SubmitForm(p *Page, id string, fields map[string]string) (*Page, error) {
	form, ok := p.FormOf(id)
	if !ok {
		return nil, fmt.Errorf("%s: no form %q on this page:\n%s", p.URL, id, p.Text())
	}
	return b.send(p, form, fields)
}

func (b *Browser) send(p *Page, form *Form, fields map[string]string) (*Page, error) {
	for name, value := range fields {
		if name != "_action" && !form.Has(name) {
			return nil, fmt.Errorf("%s: the form has no field %q, only %s", p.URL, name, strings.Join(form.Names(), ", "))
		}
		form.Values.Set(name, value)
	}
	action, err := p.URL.Parse(form.Action)
	if err != nil {
		return nil, fmt.Errorf("form action: %w", err)
	}
	if action.Scheme+"://"+action.Host != b.origin {
		return &Page{URL: action, Status: http.StatusOK, Posted: form.Values}, nil
	}
	req, err := http.NewRequest(http.MethodPost, action.String(), strings.NewReader(form.Values.Encode()))
	if err != nil {
		return nil, fmt.Errorf("submit: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", b.origin)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.follow(req)
}

// leaves says whether a page's form goes to another origin, as the one does that a client is
// answered by.
func (b *Browser) leaves(p *Page, form *Form) bool {
	action, err := p.URL.Parse(form.Action)
	return err == nil && action.Scheme+"://"+action.Host != b.origin
}

// follow sends a request and goes where it leads, until a page answers or the
// way leads to another origin, which is not visited.
func (b *Browser) follow(req *http.Request) (*Page, error) {
	for range maxHops {
		maps.Copy(req.Header, b.Header)
		res, err := b.http.Do(req)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", req.Method, req.URL, err)
		}
		body, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
		res.Body.Close()
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", req.Method, req.URL, err)
		}
		page := &Page{URL: req.URL, Status: res.StatusCode, Header: res.Header, Body: body}
		location := res.Header.Get("Location")
		if refresh := page.refresh(); refresh != "" {
			res.StatusCode, location = http.StatusSeeOther, refresh
		}
		if res.StatusCode < 300 || res.StatusCode > 399 || location == "" {
			return page, nil
		}
		next, err := req.URL.Parse(location)
		if err != nil {
			return nil, fmt.Errorf("location %q: %w", location, err)
		}
		if next.Scheme+"://"+next.Host != b.origin {
			return &Page{URL: next, Status: res.StatusCode, Header: res.Header}, nil
		}
		if req, err = http.NewRequest(http.MethodGet, next.String(), nil); err != nil {
			return nil, fmt.Errorf("follow %s: %w", next, err)
		}
	}
	return nil, fmt.Errorf("more than %d redirects, last to %s", maxHops, req.URL)
}
