package page

import (
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The modes in which a response travels.
const (
	ModeQuery    = "query"
	ModeFragment = "fragment"
	ModeFormPost = "form_post"
)

// Response is where the browser goes with an answer. Who makes it has proven the
// URL.
type Response struct {
	URL    string // the redirect URI
	Params url.Values
	Mode   string // ModeQuery, ModeFragment or ModeFormPost
}

// submitScript sends the form of the page form_post. It takes the method from
// the prototype, because a field named submit would hide the form's own.
const submitScript = `HTMLFormElement.prototype.submit.call(document.forms[0])`

type param struct{ Name, Value string }

type formPost struct {
	Action template.URL // may have a scheme of an app's own, which the template would refuse
	Host   string
	Params []param
	Script template.JS
}

// Respond sends the browser to the client with an answer, in its mode. With an
// error, nothing was written.
func (p *Pages) Respond(w http.ResponseWriter, _ *http.Request, resp Response) error {
	u, err := url.Parse(resp.URL)
	if err != nil || u.Scheme == "" {
		return fmt.Errorf("respond to %.200q: it is no absolute URL", resp.URL)
	}
	switch resp.Mode {
	case ModeQuery, ModeFragment:
		redirect(w, resp)
		return nil
	case ModeFormPost:
		return p.formPost(w, u, resp)
	}
	return fmt.Errorf("respond by %q: no such mode", resp.Mode)
}

// Leave sends the browser to another provider: a page that goes on by itself, so that no
// form-action bounds where that provider sends it next. There is a link too.
func (p *Pages) Leave(w http.ResponseWriter, address string) {
	p.render(w, http.StatusOK, "leave", struct{ URL string }{address}, policy{})
}

// redirect answers 303, never 307 or 308: those would have the browser post the
// user's password to the client (RFC 9700 4.12).
func redirect(w http.ResponseWriter, resp Response) {
	h := w.Header()
	noStore(h)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Location", resp.address())
	w.WriteHeader(http.StatusSeeOther)
}

// address is where a redirect leads. A redirect URI has no fragment of its own (RFC 6749
// 3.1.2), and what stands in one is encoded as in a query (RFC 6749 4.2.2).
func (r Response) address() string {
	if r.Mode == ModeFragment {
		return r.URL + "#" + r.Params.Encode()
	}
	return withQuery(r.URL, r.Params)
}

// withQuery adds parameters to a redirect URI whose own query stays byte for byte
// (RFC 6749 4.1.2).
func withQuery(uri string, params url.Values) string {
	if len(params) == 0 {
		return uri
	}
	separator := "?"
	switch _, query, ok := strings.Cut(uri, "?"); {
	case ok && (query == "" || strings.HasSuffix(query, "&")):
		separator = ""
	case ok:
		separator = "&"
	}
	return uri + separator + params.Encode()
}

// formPost answers with a form that sends itself (OAuth 2.0 Form Post Response
// Mode). Without scripts there is a button.
func (p *Pages) formPost(w http.ResponseWriter, u *url.URL, resp Response) error {
	if err := trustworthy(u); err != nil {
		return err
	}
	f := formPost{Action: template.URL(resp.URL), Host: u.Host, Script: submitScript}
	target := u.Scheme + ":"
	if u.Host != "" {
		target = u.Scheme + "://" + u.Host
	}
	for _, name := range slices.Sorted(maps.Keys(resp.Params)) {
		for _, value := range resp.Params[name] {
			f.Params = append(f.Params, param{name, value})
		}
	}
	p.render(w, http.StatusOK, "form_post", f, policy{formTarget: target, script: hashOf(submitScript)})
	return nil
}

// trustworthy holds that a template may be told to trust an address, which may have a
// scheme of an app's own.
func trustworthy(u *url.URL) error {
	switch strings.ToLower(u.Scheme) {
	case "javascript", "data", "vbscript", "blob", "filesystem", "about":
		return fmt.Errorf("respond to a URL with the scheme %q", u.Scheme)
	}
	return nil
}
