package hosttest

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Page is where a navigation ended: an answer of the provider, or an address at
// another origin that was not visited.
type Page struct {
	URL    *url.URL
	Status int
	Header http.Header
	Body   []byte
	Posted url.Values // what a form sent to another origin, as form_post does
}

// Params are what came back to a redirect URI, by query, fragment or form.
func (p *Page) Params() url.Values {
	if p.Posted != nil {
		return p.Posted
	}
	params := p.URL.Query()
	if inFragment, err := url.ParseQuery(p.URL.EscapedFragment()); err == nil {
		maps.Copy(params, inFragment)
	}
	return params
}

// Text is what a person reads on the page, one space between words.
func (p *Page) Text() string {
	root, err := html.Parse(bytes.NewReader(p.Body))
	if err != nil {
		return ""
	}
	return textOf(root)
}

func textOf(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.DataAtom != atom.Script && n.Parent.DataAtom != atom.Style {
			b.WriteString(n.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Elements are the texts of all elements with this tag.
func (p *Page) Elements(tag string) []string {
	root, err := html.Parse(bytes.NewReader(p.Body))
	if err != nil {
		return nil
	}
	var texts []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != tag {
			continue
		}
		var b strings.Builder
		for inner := range n.Descendants() {
			if inner.Type == html.TextNode {
				b.WriteString(inner.Data)
			}
		}
		texts = append(texts, b.String())
	}
	return texts
}

// refresh is where a page sends the browser at once, as a browser reads it.
func (p *Page) refresh() string {
	root, err := html.Parse(bytes.NewReader(p.Body))
	if err != nil {
		return ""
	}
	for n := range root.Descendants() {
		if n.DataAtom == atom.Meta && strings.EqualFold(attr(n, "http-equiv"), "refresh") {
			address, _ := strings.CutPrefix(attr(n, "content"), "0; url=")
			return address
		}
	}
	return ""
}

// Form is a form of a page, with the values that it would send.
type Form struct {
	Action  string
	Values  url.Values
	Buttons []string // the actions that its buttons stand for
	Passkey *Passkey // nil: it asks for none
	names   []string
}

// Passkey is a field that the page's script would fill by the browser's WebAuthn.
type Passkey struct {
	Field    string
	Ceremony string // get or create
	Options  []byte // JSON, for navigator.credentials
}

// Has says whether the form has a field of this name.
func (f *Form) Has(name string) bool { return slices.Contains(f.names, name) }

// Names are the names of the form's fields.
func (f *Form) Names() []string { return f.names }

// Form is the page's first form.
func (p *Page) Form() (*Form, bool) {
	n := p.find(func(n *html.Node) bool { return n.DataAtom == atom.Form })
	if n == nil {
		return nil, false
	}
	return readForm(n), true
}

// FormOf is the form with this id.
func (p *Page) FormOf(id string) (*Form, bool) {
	n := p.find(func(n *html.Node) bool { return n.DataAtom == atom.Form && attr(n, "id") == id })
	if n == nil {
		return nil, false
	}
	return readForm(n), true
}

// TextOf is what a person reads in the element with this id; empty without one.
func (p *Page) TextOf(id string) string {
	n := p.find(func(n *html.Node) bool { return attr(n, "id") == id })
	if n == nil {
		return ""
	}
	return textOf(n)
}

// Has says whether the page has an element with this id.
func (p *Page) Has(id string) bool {
	return p.find(func(n *html.Node) bool { return attr(n, "id") == id }) != nil
}

// Link is where the link with this id leads; empty without one.
func (p *Page) Link(id string) string {
	n := p.find(func(n *html.Node) bool { return n.DataAtom == atom.A && attr(n, "id") == id })
	if n == nil {
		return ""
	}
	return attr(n, "href")
}

func (p *Page) find(fits func(*html.Node) bool) *html.Node {
	root, err := html.Parse(bytes.NewReader(p.Body))
	if err != nil {
		return nil
	}
	for n := range root.Descendants() {
		if fits(n) {
			return n
		}
	}
	return nil
}

func readForm(form *html.Node) *Form {
	f := &Form{Action: attr(form, "action"), Values: url.Values{}}
	for n := range form.Descendants() {
		name := attr(n, "name")
		if n.DataAtom == atom.Button && name == "_action" {
			f.Buttons = append(f.Buttons, attr(n, "value"))
		}
		if ceremony := attr(n, "data-passkey"); ceremony != "" {
			f.Passkey = &Passkey{Field: name, Ceremony: ceremony, Options: []byte(attr(n, "data-options"))}
		}
		if name == "" || (n.DataAtom != atom.Input && n.DataAtom != atom.Select && n.DataAtom != atom.Textarea) {
			continue
		}
		f.names = append(f.names, name)
		switch attr(n, "type") {
		case "submit":
		case "radio", "checkbox":
			if hasAttr(n, "checked") {
				f.Values.Add(name, attr(n, "value"))
			}
		default:
			f.Values.Add(name, attr(n, "value"))
		}
	}
	return f
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}
