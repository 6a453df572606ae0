package page

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed templates/*.html
var templateFiles embed.FS

const layout = "templates/layout.html"

// Config is what pages need. The zero value works.
type Config struct {
	// RequestID names a request, so that a user can quote it and an operator find
	// it in the log. Nil, or an empty answer: no page shows one.
	RequestID func(*http.Request) string
	// Log gets the pages that could not be rendered; nil: nothing is logged.
	Log *slog.Logger
	// Development says on every page that this host is for developing steps.
	Development bool
}

// Pages renders pages. It is safe for concurrent use.
type Pages struct {
	requestID func(*http.Request) string
	log       *slog.Logger
	templates map[string]*template.Template
	assets    map[string]asset // by path
	kept      *kept
}

// New prepares all pages. A template that does not parse is a fault of the
// program and panics.
func New(c Config) *Pages {
	p := &Pages{requestID: c.RequestID, log: c.Log, templates: map[string]*template.Template{}, kept: newKept()}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if p.requestID == nil {
		p.requestID = func(*http.Request) string { return "" }
	}
	style, passkey := stylesheet(), passkeyScript()
	p.assets = map[string]asset{style.path: style, passkey.path: passkey}
	base := template.Must(template.New(path.Base(layout)).
		Funcs(template.FuncMap{
			"stylesheet":    func() string { return style.path },
			"passkeyScript": func() string { return passkey.path },
			"development":   func() bool { return c.Development },
		}).
		ParseFS(templateFiles, layout))
	files, err := templateFiles.ReadDir(path.Dir(layout))
	if err != nil {
		panic(err) // embedded: it is there, or the program was not built
	}
	for _, f := range files {
		if file := path.Join(path.Dir(layout), f.Name()); file != layout {
			name := strings.TrimSuffix(f.Name(), ".html")
			p.templates[name] = template.Must(template.Must(base.Clone()).ParseFS(templateFiles, file))
		}
	}
	return p
}

// Render writes the page that the template of this name makes of data. A page that
// can't be made is a fault of the program: it is logged, and the browser gets a
// plain line with status 500.
func (p *Pages) Render(w http.ResponseWriter, status int, name string, data any) {
	p.render(w, status, name, data, policy{})
}

func (p *Pages) render(w http.ResponseWriter, status int, name string, data any, also policy) {
	// Into memory first: a page that fails half-way must not be sent with status 200.
	body, err := p.execute(name, data)
	if err != nil {
		p.log.Error("page not rendered", "page", name, "error", err)
		noStore(w.Header())
		http.Error(w, "Something went wrong.", http.StatusInternalServerError)
		return
	}
	send(w, status, body, also)
}

func send(w http.ResponseWriter, status int, body []byte, also policy) {
	h := w.Header()
	setHeaders(h, also)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // who went away does not read the page
}

func (p *Pages) execute(name string, data any) ([]byte, error) {
	t, ok := p.templates[name]
	if !ok {
		return nil, errors.New("there is no such template")
	}
	var body bytes.Buffer
	if err := t.Execute(&body, data); err != nil {
		return nil, fmt.Errorf("execute template: %w", err)
	}
	return body.Bytes(), nil
}
