package page_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// askAll is a prompt that all users of a login see.
func askAll() page.Prompt {
	q := passwordPrompt()
	q.Error = ""
	q.Fields = []abi.Field{{Name: "username", Type: abi.Username, Required: true}, {Name: "password", Type: abi.Password}}
	return q
}

// A page is the same, whatever pages were made before: each member of a prompt counts, and
// where the form goes to and its token are those of the one login, whatever is in them.
func TestPromptSameAsNew(t *testing.T) {
	var all []page.Prompt
	add := func(change func(*page.Prompt)) {
		q := askAll()
		change(&q)
		all = append(all, q)
	}
	add(func(*page.Prompt) {})
	for _, s := range append(attacks, "x", "/login/r_2", "1.token-_", "javascript:x", "//other.example", "a b", "\xff", "\xfe") {
		add(func(q *page.Prompt) { q.Action = s })
		add(func(q *page.Prompt) { q.Token = s })
		add(func(q *page.Prompt) { q.Journey = s })
		add(func(q *page.Prompt) { q.Client = s })
		add(func(q *page.Prompt) { q.Title = s })
		add(func(q *page.Prompt) { q.Text = s })
		add(func(q *page.Prompt) { q.Error = s })
		add(func(q *page.Prompt) { q.Fields[0].Hint = s })
		add(func(q *page.Prompt) { q.Fields[0].Value = s })
		add(func(q *page.Prompt) { q.Actions[0].Label = s })
		add(func(q *page.Prompt) { q.FormTarget = "https://" + s })
		add(func(q *page.Prompt) { q.About.Home = "https://client.example/" + s })
		add(func(q *page.Prompt) { q.About.Logo = "https://client.example/" + s })
		add(func(q *page.Prompt) {
			q.Fields[0].Type = abi.RecoveryCodes
			q.Filled = map[string]page.Filled{"username": {Codes: []string{s}}}
		})
		all = append(all, everyString(s))
	}
	pages := newPages()
	anew := make([]*httptest.ResponseRecorder, len(all))
	for i, q := range all {
		anew[i] = promptPage(q)
	}
	for range 2 {
		for i, q := range all {
			got := written(func(w http.ResponseWriter, r *http.Request) { pages.Prompt(w, r, q) })
			want := anew[i]
			if diff := cmp.Diff(want.Body.String(), got.Body.String()); diff != "" {
				t.Errorf("prompt %d: %s", i, diff)
			}
			if diff := cmp.Diff(want.Header(), got.Header()); diff != "" {
				t.Errorf("prompt %d: %s", i, diff)
			}
		}
	}
}

// Each login has an action and a token of its own, also where the page is the same.
func TestPromptOfEachLogin(t *testing.T) {
	pages := newPages()
	for i := range 3 {
		q := askAll()
		q.Action, q.Token = "/login/r_"+strconv.Itoa(i), strconv.Itoa(i)+".token"
		body := written(func(w http.ResponseWriter, r *http.Request) { pages.Prompt(w, r, q) }).Body.String()
		for _, want := range []string{`action="` + q.Action + `"`, `value="` + q.Token + `"`} {
			if strings.Count(body, want) != 1 {
				t.Errorf("%s is not there once:\n%s", want, body)
			}
		}
	}
}

func BenchmarkPrompt(b *testing.B) {
	typed := askAll()
	typed.Fields[0].Value = "alice"
	for name, q := range map[string]page.Prompt{"all": askAll(), "one": typed} {
		b.Run(name, func(b *testing.B) {
			pages := newPages()
			b.ReportAllocs()
			for b.Loop() {
				pages.Prompt(httptest.NewRecorder(), nil, q)
			}
		})
	}
}
