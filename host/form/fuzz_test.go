package form_test

import (
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/form"
)

// FuzzRead: what is read are the fields of the body and nothing else, or there is a status that
// says why not.
func FuzzRead(f *testing.F) {
	const kind = "application/x-www-form-urlencoded"
	for _, seed := range [][2]string{
		{kind, "username=alice&password=p%C3%A6ss&_action=next"}, {kind + "; charset=utf-8", "a=1&a=2&=&&"}, {"application/json", "{}"}, {"", "a=b"}, {kind + ";;", "a=b"},
		{"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--"}, {kind, "%zz"}, {kind, "a;b=c"}, {strings.ToUpper(kind), "a=\xff"}, {kind, "a=" + strings.Repeat("x", form.MaxSize)},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, kind, body string) {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/login/r?admin=1", strings.NewReader(body))
		req.Header = http.Header{"Content-Type": {kind}}
		got, err := form.Read(httptest.NewRecorder(), req)
		if err != nil {
			unread, ok := errors.AsType[*form.ReadError](err)
			if !ok || !slices.Contains([]int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}, unread.Status) {
				t.Errorf("%q: %v", body, err)
			}
			return
		}
		want, err := url.ParseQuery(body)
		if err != nil || len(body) > form.MaxSize || !maps.EqualFunc(got, want, slices.Equal) || !strings.Contains(strings.ToLower(kind), "application/x-www-form-urlencoded") {
			t.Errorf("%q as %q: %v", body, kind, got)
		}
	})
}

// FuzzToken: the only tokens are those that were signed, for whom they were signed.
func FuzzToken(f *testing.F) {
	s := signer(f, "form", 0)
	f.Add("alice", s.Sign("alice", "saved"))
	f.Add("bob", s.Sign("alice", "saved"))
	f.Add("alice", signer(f, "notice", 0).Sign("alice", "saved"))
	f.Add("alice", "saved.")
	f.Add("", ".")
	f.Add("alice\x00", "0.$")
	f.Fuzz(func(t *testing.T, owner, token string) {
		if word, ok := s.Open(owner, token); ok && (owner != "alice" || word != "saved") {
			t.Errorf("%q says %q for %q", token, word, owner)
		}
	})
}

// FuzzSameOrigin: a form counts as ours only when every header that says where it comes from
// says that it comes from here.
func FuzzSameOrigin(f *testing.F) {
	for _, origin := range []string{"https://id.example.com", "https://id.example.com.evil.example", "https://evil.example/id.example.com", "https://id.example.com@evil.example", "null", "", "//id.example.com", "https://id.example.com:443", "%"} {
		f.Add("same-origin", origin)
		f.Add("cross-site", origin)
		f.Add("", origin)
	}
	f.Fuzz(func(t *testing.T, site, origin string) {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://id.example.com/login/r", http.NoBody)
		req.Header = http.Header{"Sec-Fetch-Site": {site}, "Origin": {origin}}
		if !form.SameOrigin(req) {
			if origin == "https://id.example.com" && (site == "" || site == "same-origin") {
				t.Error("our own form was refused")
			}
			return
		}
		_, host, _ := strings.Cut(origin, "//")
		host, _, _ = strings.Cut(host, "/")
		host, _, _ = strings.Cut(host, "?")
		host, _, _ = strings.Cut(host, "#")
		if site != "" && site != "same-origin" || origin != "" && host[strings.LastIndex(host, "@")+1:] != "id.example.com" {
			t.Errorf("from %q, %q", site, origin)
		}
	})
}
