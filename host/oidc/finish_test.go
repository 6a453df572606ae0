package oidc_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/store"
)

func ended(terminal, code string) func(*login.Finished) {
	return func(f *login.Finished) {
		f.Run.End = &journey.End{Terminal: terminal, Code: code, Reason: "inside text"}
	}
}

// short is a journey that failed before an essential acr was reached.
func short(refused bool) func(*login.Finished) {
	return func(f *login.Finished) {
		ended("@failure", "access_denied")(f)
		f.Run.End.Refused, f.Run.Request.ACREssential, f.Run.ACR = refused, true, nil
	}
}

func TestFinish(t *testing.T) {
	for name, row := range map[string]struct {
		client string
		change func(*login.Finished)
		want   string // the error, empty for a code
	}{
		"success":                           {"spa", nil, ""},
		"no acr":                            {"spa", func(f *login.Finished) { f.Run.ACR = nil }, ""},
		"failure":                           {"spa", ended("@failure", "access_denied"), "access_denied"},
		"failure short of an essential acr": {"spa", short(false), "unmet_authentication_requirements"},
		"a no short of an essential acr":    {"spa", short(true), "access_denied"},
		"failure at an essential acr": {"spa", func(f *login.Finished) {
			short(false)(f)
			f.Run.ACR = new("2.0")
		}, "access_denied"},
		"failure of a strict client": {"strict", func(f *login.Finished) {
			ended("@failure", "access_denied")(f)
			f.Run.ACR = nil
		}, "unmet_authentication_requirements"},
		"denied by the journey's own word": {"spa", func(f *login.Finished) {
			short(false)(f)
			f.Run.End.Terminal = "@error:access_denied"
		}, "access_denied"},
		"below the minimum":       {"minimum-2", func(f *login.Finished) { f.Run.ACR = new("1.0") }, "unmet_authentication_requirements"},
		"not in the order":        {"minimum-1", func(f *login.Finished) { f.Run.ACR = new("9") }, "unmet_authentication_requirements"},
		"no acr, and a minimum":   {"minimum-1", func(f *login.Finished) { f.Run.ACR = nil }, "unmet_authentication_requirements"},
		"at the minimum":          {"minimum-2", nil, ""},
		"above the minimum":       {"minimum-1", func(f *login.Finished) { f.Run.ACR = new("3.0") }, ""},
		"a code of the journey":   {"spa", ended("@error:temporarily_unavailable", "temporarily_unavailable"), "temporarily_unavailable"},
		"server error":            {"spa", ended("@failure", "server_error"), "server_error"},
		"no code at all":          {"spa", ended("@failure", ""), "server_error"},
		"a terminal nobody knows": {"spa", ended("@done", ""), "server_error"},
		"silent, no session":      {"spa", ended("@error:interaction_required", "interaction_required"), "login_required"},
		"silent, with a session": {"spa", func(f *login.Finished) {
			ended("@error:interaction_required", "interaction_required")(f)
			f.HadSession = true
		}, "interaction_required"},
		"silent, acr essential": {"spa", func(f *login.Finished) {
			ended("@error:interaction_required", "interaction_required")(f)
			f.HadSession, f.Run.Request.ACREssential = true, true
		}, "unmet_authentication_requirements"},
		"no time for a step":   {"spa", ended("@error:temporarily_unavailable", "temporarily_unavailable"), "temporarily_unavailable"},
		"unmet by the journey": {"spa", ended("@error:unmet_authentication_requirements", "unmet_authentication_requirements"), "unmet_authentication_requirements"},
		"success of nobody":    {"spa", func(f *login.Finished) { f.Run.Subject = nil }, "server_error"},
		"unknown user":         {"spa", func(f *login.Finished) { f.Run.Subject.ID = "u-gone" }, "access_denied"},
		"disabled user":        {"spa", func(f *login.Finished) { f.Run.Subject.ID = "u-disabled" }, "access_denied"},
		"strict, met":          {"strict", nil, ""},
		"strict, second met":   {"strict", func(f *login.Finished) { f.Run.ACR = new("2.5") }, ""},
		"strict, unmet":        {"strict", func(f *login.Finished) { f.Run.ACR = new("2") }, "unmet_authentication_requirements"},
		"strict, none set":     {"strict", func(f *login.Finished) { f.Run.ACR = nil }, "unmet_authentication_requirements"},
		"strict, nothing asked": {"strict", func(f *login.Finished) {
			f.Run.Request.ACRValues, f.Run.ACR = nil, nil
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.addUser("u-disabled", func(u *store.User) { u.Disabled = true })
			r.login.change = row.change
			a := r.get("/authorize", good(row.client, nil))
			got := a.sent(t)
			if got.Get("error") != row.want || got.Has("code") != (row.want == "") {
				t.Errorf("got %v, want error %q", got, row.want)
			}
			if got.Get("state") != "the state" || got.Get("iss") != r.server.URL {
				t.Errorf("state %q, iss %q", got.Get("state"), got.Get("iss"))
			}
			if strings.Contains(a.Header.Get("Location"), "inside") {
				t.Errorf("inside text in %s", a.Header.Get("Location"))
			}
			want := "login.failed"
			if row.want == "" {
				want = "login.ok"
			}
			if diff := cmp.Diff([]string{want}, r.events()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What was proven when the login began must still hold when it ends: the
// configuration may have changed meanwhile.
func TestFinishChecksTheClientAgain(t *testing.T) {
	r := newRig(t)
	r.get("/authorize", good("spa", nil))
	resume := r.login.last(t).Resume
	for name, f := range map[string]login.Finished{
		"client is gone":       {Run: run("gone"), Resume: resume},
		"redirect URI is gone": {Run: run("spa"), Resume: json.RawMessage(strings.Replace(string(resume), "spa.example.com", "old.example.com", 1))},
		"not ended":            {Run: &journey.Run{Request: run("spa").Request}, Resume: resume},
		"no run":               {Resume: resume},
		"no request":           {Run: run("spa")},
	} {
		if resp, err := r.provider.Finish(t.Context(), f); err == nil {
			t.Errorf("%s: answers %+v", name, resp)
		}
	}
}

func run(client string) *journey.Run {
	r := &journey.Run{End: &journey.End{Terminal: journey.Success}}
	r.Request.ClientID = client
	return r
}

// What is kept of a request while its journey runs holds no secret.
func TestResumeHoldsNoSecrets(t *testing.T) {
	r := newRig(t)
	hint := r.tokens(nil)["id_token"].(string)
	r.get("/authorize", good("spa", url.Values{"id_token_hint": {hint}}))
	resume := string(r.login.last(t).Resume)
	for _, secret := range []string{hint, verifier} {
		if strings.Contains(resume, secret) {
			t.Errorf("%s holds %.20s…", resume, secret)
		}
	}
}

func TestGrantIsFrozen(t *testing.T) {
	r := newRig(t)
	r.login.change = func(f *login.Finished) { f.SessionID = "the session" }
	access := claims(t, r.tokens(nil)["access_token"])
	id, _ := access["grant_id"].(string)
	g, err := r.store.Grant(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if *g.ACR != "2.0" || g.ACRDigest != "sha256:2" || g.SessionID != "the session" || g.Journey != "bank" || g.Run != "r1" {
		t.Errorf("grant %+v", g)
	}
	trail, err := r.provider.Trail(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	want := []journey.ACRSet{{Value: "1.0", Step: "first", Digest: "sha256:1"}, {Value: "2.0", Step: "second", Digest: "sha256:2"}}
	if diff := cmp.Diff(want, trail); diff != "" {
		t.Error(diff)
	}
	if _, err := r.provider.Trail(t.Context(), "g_other"); err == nil {
		t.Error("a trail of no grant")
	}
}
