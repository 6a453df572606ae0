package page_test

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/acrhost/acrhost/host/page"
)

// attacks are strings that a step, a client or a user may hold.
var attacks = []string{
	`<script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`' autofocus onfocus='alert(1)`,
	`" onfocus="alert(1)`,
	`</title></style></textarea></main><h1 id="evil">`,
	`<!--`,
	`]]><svg/onload=alert(1)>`,
	`javascript:alert(1)`,
	`{{.}}`,
	"\u0000<b>",
	`&lt;b&gt;`,
}

// A string of a prompt, whatever is in it, changes no element and no attribute of
// the page, only text and values.
func TestPromptEscapes(t *testing.T) {
	harmless := shape(t, promptPage(everyString("x")).Body.String())
	for _, attack := range attacks {
		w := promptPage(everyString(attack))
		if got := shape(t, w.Body.String()); !slices.Equal(got, harmless) {
			t.Errorf("%q changes the page:\n%s", attack, w.Body)
		}
	}
}

func TestFaultEscapes(t *testing.T) {
	of := func(s string) []string {
		return shape(t, written(func(w http.ResponseWriter, r *http.Request) {
			page.New(page.Config{RequestID: func(*http.Request) string { return s }}).Fault(w, r, page.Fault{Status: http.StatusForbidden, Title: s, Advice: s, Reason: s})
		}).Body.String())
	}
	for _, attack := range attacks {
		if !slices.Equal(of(attack), of("x")) {
			t.Errorf("%q changes the page", attack)
		}
	}
}

func TestFormPostEscapes(t *testing.T) {
	of := func(s string) []string {
		return shape(t, written(func(w http.ResponseWriter, r *http.Request) {
			resp := formPost("https://client.example/callback")
			resp.Params = map[string][]string{s: {s}}
			if err := newPages().Respond(w, r, resp); err != nil {
				t.Error(err)
			}
		}).Body.String())
	}
	for _, attack := range attacks {
		if !slices.Equal(of(attack), of("x")) {
			t.Errorf("%q changes the page", attack)
		}
	}
}

// FuzzPrompt: no string changes what a prompt's page is made of, nor its policy.
func FuzzPrompt(f *testing.F) {
	for _, attack := range attacks {
		f.Add(attack)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" {
			return // what is empty is left out
		}
		harmless, got := promptPage(everyString("x")), promptPage(everyString(s))
		if want := shape(t, harmless.Body.String()); !slices.Equal(shape(t, got.Body.String()), want) {
			t.Errorf("%q changes the page:\n%s", s, got.Body)
		}
		if got.Header().Get("Content-Security-Policy") != harmless.Header().Get("Content-Security-Policy") {
			t.Errorf("%q changes the policy", s)
		}
	})
}

// everyString is a prompt with s in every string that a step may choose freely,
// found by reflection so that none is forgotten. The names of fields and actions,
// which the host checks, keep what tells them apart.
func everyString(s string) page.Prompt {
	q := everyField()
	q.Actions = passwordPrompt().Actions
	q.Journey, q.Client, q.Token = s+" journey", s, s
	fill(reflect.ValueOf(q.Prompt).Elem(), s)
	for i := range q.Fields {
		for j := range q.Fields[i].Options {
			q.Fields[i].Options[j].Value += string(rune('a' + j))
		}
	}
	return q
}

func fill(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.Struct:
		for name, f := range v.Fields() {
			if name.Name != "Type" && name.Name != "Name" {
				fill(f, s)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), s)
		}
	case reflect.String:
		v.SetString(s)
	}
}

// shape is what a page is made of: its elements in order with the names of their
// attributes, and comments.
func shape(t *testing.T, body string) []string {
	t.Helper()
	var all []string
	for n := range parse(t, body).Descendants() {
		switch n.Type {
		case html.ElementNode:
			names := make([]string, 0, len(n.Attr))
			for _, a := range n.Attr {
				names = append(names, a.Key)
			}
			all = append(all, n.Data+"["+strings.Join(names, " ")+"]")
		case html.CommentNode:
			all = append(all, "comment")
		}
	}
	return all
}
