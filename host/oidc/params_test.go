package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// What is not UTF-8 (RFC 6749 Appendix B) is refused at every door: in a signed answer the
// state would come back as another one.
func TestParametersInUTF8(t *testing.T) {
	r := newRig(t)
	for name, extra := range map[string]url.Values{
		"a state": {"state": {"the\xab"}}, "one for a signed answer": {"state": {"the\xab"}, "response_mode": {"form_post.jwt"}}, "a name": {"x\xff": {"y"}},
	} {
		for _, got := range []reply{r.get("/authorize", good("spa", extra)), r.post("/authorize", good("spa", extra))} {
			if got.StatusCode != http.StatusBadRequest || !strings.HasPrefix(got.body, "FAULT ") {
				t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
			}
		}
	}
	got := r.post("/token", url.Values{"grant_type": {"authorization_code"}, "client_id": {"spa"}, "code": {"\xff"}})
	if got.StatusCode != http.StatusBadRequest || got.json(t)["error"] != "invalid_request" {
		t.Errorf("token: %d %s", got.StatusCode, got.body)
	}
	if r.login.count() != 0 {
		t.Error("a login was started")
	}
}
