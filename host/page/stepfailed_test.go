package page_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/page"
)

func failedPage(t *testing.T, on page.Response) *httptest.ResponseRecorder {
	t.Helper()
	const evil = `<script>alert(1)</script>"'&`
	failed := page.StepFailed{Journey: evil, Reason: evil, Calls: []page.FailedCall{{
		Step: evil, Use: evil, Plugin: evil, Digest: evil, Mode: evil, Class: evil, Code: evil, Message: evil,
		Logs: []page.LoggedLine{{Level: evil, Text: evil}}, Trace: []string{evil},
	}}}
	w := httptest.NewRecorder()
	if err := page.New(page.Config{Development: true}).StepFailed(w, failed, on); err != nil {
		t.Fatal(err)
	}
	return w
}

// Whatever a guest says is text on the page for who develops it; the page leads on to
// where the answer was to go, and nowhere else.
func TestStepFailed(t *testing.T) {
	params := url.Values{"error": {"server_error"}, "state": {`a"b<c>`}}
	for _, test := range []struct {
		name     string
		on       page.Response
		has, csp string
	}{
		{"query", page.Response{URL: "https://app.example/cb?x=1", Params: params, Mode: page.ModeQuery},
			`href="https://app.example/cb?x=1&amp;error=server_error&amp;state=a%22b%3Cc%3E"`, "form-action 'self';"},
		{"fragment", page.Response{URL: "https://app.example/cb?x=1", Params: params, Mode: page.ModeFragment},
			`href="https://app.example/cb?x=1#error=server_error&amp;state=a%22b%3Cc%3E"`, "form-action 'self';"},
		{"an app's scheme", page.Response{URL: "com.example.app:/cb", Params: params, Mode: page.ModeQuery}, `href="com.example.app:/cb?error=`, "form-action 'self';"},
		{"form_post", page.Response{URL: "https://app.example/cb", Params: params, Mode: page.ModeFormPost},
			`<form method="post" action="https://app.example/cb">`, "form-action 'self' https:;"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := failedPage(t, test.on)
			body := w.Body.String()
			if w.Code != http.StatusInternalServerError || !strings.Contains(body, test.has) {
				t.Errorf("%d, and no %s in\n%s", w.Code, test.has, body)
			}
			if strings.Contains(body, "<script") || strings.Contains(body, `a"b<c>`) {
				t.Errorf("something is not escaped:\n%s", body)
			}
			if !strings.Contains(body, "Development mode") {
				t.Error("it does not say what mode it is in")
			}
			if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, test.csp) || strings.Contains(csp, "script-src") {
				t.Errorf("the policy is %s", csp)
			}
		})
	}
}

func TestStepFailedLeadsNowhereBad(t *testing.T) {
	for _, to := range []string{"javascript:alert(1)", "data:text/html,x", "", "/cb", "JAVASCRIPT:alert(1)"} {
		w := httptest.NewRecorder()
		err := page.New(page.Config{}).StepFailed(w, page.StepFailed{}, page.Response{URL: to, Mode: page.ModeQuery})
		if err == nil || w.Body.Len() > 0 {
			t.Errorf("%q: %v, %s", to, err, w.Body)
		}
	}
}
