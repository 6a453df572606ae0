package oidc_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/store"
)

// device is a device that asks, and browser somebody who looks at its code.
type device struct {
	*rig
	code, user string
}

func (r *rig) device(client string, extra url.Values) *device {
	r.Helper()
	form := url.Values{"client_id": {client}, "scope": {"openid email profile"}}
	maps.Copy(form, extra)
	a := r.post("/device_authorization", form)
	got := a.json(r.T)
	if a.StatusCode != http.StatusOK || got["expires_in"] != 600.0 || got["interval"] != 5.0 {
		r.Fatalf("%d %s", a.StatusCode, a.body)
	}
	user := got["user_code"].(string)
	if got["verification_uri"] != r.server.URL+"/device" || got["verification_uri_complete"] != r.server.URL+"/device?user_code="+user {
		r.Errorf("%v", got)
	}
	if !regexp.MustCompile(`^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$`).MatchString(user) {
		r.Errorf("user code %q", user)
	}
	return &device{r, got["device_code"].(string), user}
}

// poll asks for tokens, after having waited for as long as it must.
func (d *device) poll() reply {
	d.Helper()
	d.clock.advance(5 * time.Second)
	return d.pollNow("tv")
}

func (d *device) pollNow(client string, change ...func(*http.Request)) reply {
	d.Helper()
	return d.post("/token", url.Values{"grant_type": {deviceGrant}, "device_code": {d.code}, "client_id": {client}}, change...)
}

// confirm types the code in and gives the page's token and the browser's cookie.
func (d *device) confirm() (token string, cookie *http.Cookie) {
	d.Helper()
	a := d.post("/device", url.Values{"user_code": {d.user}})
	_, token, ok := strings.Cut(a.body, "|")
	if a.StatusCode != http.StatusOK || !ok || len(a.Cookies()) != 1 {
		d.Fatalf("%d %s", a.StatusCode, a.body)
	}
	return token, a.Cookies()[0]
}

func (r *rig) decide(decision, token string, cookie *http.Cookie, change ...func(*http.Request)) reply {
	r.Helper()
	with := func(q *http.Request) {
		if cookie != nil {
			q.AddCookie(cookie)
		}
	}
	return r.post("/device/confirm", url.Values{"_device": {token}, "_action": {decision}}, append(change, with)...)
}

func (d *device) approve() {
	d.Helper()
	token, cookie := d.confirm()
	if a := d.decide("approve", token, cookie); a.Header.Get("Location") != d.server.URL+"/device/done" {
		d.Fatalf("%d %s %s", a.StatusCode, a.Header.Get("Location"), a.body)
	}
}

func TestDevice(t *testing.T) {
	r := newRig(t)
	d := r.device("tv", url.Values{"acr_values": {"2.0 1.0"}, "login_hint": {"alice"}})
	r.wantError(d.poll(), http.StatusBadRequest, "authorization_pending")
	if a := r.get("/device", url.Values{"user_code": {strings.ToLower(d.user)}}); a.body != fmt.Sprintf("CODE %q wrong false wait false", d.user) {
		t.Errorf("%s", a.body)
	}
	spelt := strings.ToLower(strings.ReplaceAll(d.user, "-", " "))
	if a := r.post("/device", url.Values{"user_code": {spelt}}); !strings.HasPrefix(a.body, "CONFIRM The Television for openid email|") {
		t.Errorf("%s", a.body)
	}
	r.wantError(d.poll(), http.StatusBadRequest, "authorization_pending")
	d.approve()
	began := r.login.last(t)
	if began.Journey != "tv" || strings.Join(began.Request.ACRValues, " ") != "2.0 1.0" || *began.Request.LoginHint != "alice" || !began.Interactive {
		t.Errorf("login %+v", began)
	}
	a := d.poll()
	got := a.json(t)
	if a.StatusCode != http.StatusOK || got["scope"] != "openid email" || got["refresh_token"] == nil {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	for _, name := range []string{"id_token", "access_token"} {
		if c := claims(t, got[name]); c["acr"] != "2.0" || c["sub"] != "u-alice" || c["nonce"] != nil || c["auth_time"] == nil {
			t.Errorf("%s %v", name, c)
		}
	}
	again := r.post("/token", refresh(got["refresh_token"].(string), url.Values{"client_id": {"tv"}}))
	if claims(t, again.json(t)["access_token"])["acr"] != "2.0" {
		t.Errorf("refreshed: %s", again.body)
	}
	if r.get("/device/done", nil).body != "DONE true" || r.get("/device/failed", nil).body != "DONE false" {
		t.Error("the pages at the end")
	}
}

func TestDeviceDenied(t *testing.T) {
	r := newRig(t)
	d := r.device("tv", nil)
	token, cookie := d.confirm()
	if a := r.decide("deny", token, cookie); a.Header.Get("Location") != "/device/failed" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	for range 2 {
		r.wantError(d.poll(), http.StatusBadRequest, "access_denied")
	}
	if r.login.count() != 0 {
		t.Error("somebody had to sign in to say no")
	}
}

// A login that failed lets nobody in, and is as final as a no.
func TestDeviceLoginFailed(t *testing.T) {
	r := newRig(t)
	r.login.change = ended("@failure", "access_denied")
	d := r.device("tv", nil)
	token, cookie := d.confirm()
	if a := r.decide("approve", token, cookie); a.Header.Get("Location") != r.server.URL+"/device/failed" {
		t.Errorf("%d %s", a.StatusCode, a.Header.Get("Location"))
	}
	r.wantError(d.poll(), http.StatusBadRequest, "access_denied")
}

// An essential acr that was not reached is no login for a device either.
func TestDeviceEssentialACR(t *testing.T) {
	r := newRig(t)
	d := r.device("tv", url.Values{"claims": {`{"id_token":{"acr":{"essential":true,"values":["2.5"]}}}`}})
	token, cookie := d.confirm()
	r.decide("approve", token, cookie)
	r.wantError(d.poll(), http.StatusBadRequest, "access_denied")
}

func TestDeviceExpires(t *testing.T) {
	r := newRig(t)
	d := r.device("tv", nil)
	token, cookie := d.confirm()
	r.clock.advance(10 * time.Minute)
	r.wantError(d.poll(), http.StatusBadRequest, "expired_token")
	if a := r.decide("approve", token, cookie); a.StatusCode != http.StatusBadRequest {
		t.Errorf("approved after its end: %d", a.StatusCode)
	}
	if a := r.post("/device", url.Values{"user_code": {d.user}}); !strings.Contains(a.body, "wrong true") {
		t.Errorf("%s", a.body)
	}
	r.clock.advance(10 * time.Minute)
	r.wantError(d.poll(), http.StatusBadRequest, "invalid_grant")
}

// Attack: polling faster than allowed. Each time the device must wait longer.
func TestDevicePollsTooFast(t *testing.T) {
	r := newRig(t)
	d := r.device("tv", nil)
	r.wantError(d.pollNow("tv"), http.StatusBadRequest, "authorization_pending")
	r.clock.advance(4 * time.Second)
	r.wantError(d.pollNow("tv"), http.StatusBadRequest, "slow_down")
	r.clock.advance(9 * time.Second)
	r.wantError(d.pollNow("tv"), http.StatusBadRequest, "slow_down") // 10 s now
	d.approve()
	r.clock.advance(14 * time.Second)
	r.wantError(d.pollNow("tv"), http.StatusBadRequest, "slow_down") // 15 s
	r.clock.advance(20 * time.Second)
	if a := d.pollNow("tv"); a.StatusCode != http.StatusOK {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

// Attack: the device code again. What came of it ends, as with an authorization code.
func TestDeviceCodeReplay(t *testing.T) {
	r := newRig(t)
	d := r.device("tv", nil)
	d.approve()
	got := d.poll().json(t)
	r.wantError(d.poll(), http.StatusBadRequest, "invalid_grant")
	r.refusedAt(r.userinfo(got["access_token"].(string)), "invalid_token")
	r.wantError(r.post("/token", refresh(got["refresh_token"].(string), url.Values{"client_id": {"tv"}})), http.StatusBadRequest, "invalid_grant")
}

// Attack: another client polls with a code that it saw.
func TestDeviceCodeOfAnotherClient(t *testing.T) {
	r := newRig(t)
	d := r.device("tv", nil)
	d.approve()
	r.clock.advance(5 * time.Second)
	r.wantError(d.pollNow("radio"), http.StatusBadRequest, "invalid_grant")
	r.wantError(d.pollNow("spa"), http.StatusBadRequest, "unauthorized_client")
	if a := d.poll(); a.StatusCode != http.StatusOK {
		t.Errorf("the owner: %d %s", a.StatusCode, a.body)
	}
}

// Attack: guessing user codes. From one address it is over after ten, also with the right
// one.
func TestDeviceGuessing(t *testing.T) {
	r := newRig(t)
	d := r.device("tv", nil)
	for i := range 30 {
		guess := strings.Repeat("B", 6) + string("BCDFGHJKLM"[i%10]) + string("NPQRSTVWXZ"[i/3])
		a := r.post("/device", url.Values{"user_code": {guess}})
		if limit := strings.Contains(a.body, "wait true"); limit != (i > 10) {
			t.Fatalf("guess %d: %s", i, a.body)
		}
	}
	if a := r.post("/device", url.Values{"user_code": {d.user}}); !strings.Contains(a.body, "wait true") {
		t.Errorf("the right one: %s", a.body)
	}
	r.clock.advance(5 * time.Minute)
	d.approve()
}

// Attack: the page that asks is another browser's, forged, or of another site.
func TestDeviceConfirmIsTheBrowsers(t *testing.T) {
	r := newRig(t)
	d := r.device("tv", nil)
	token, cookie := d.confirm()
	_, other := d.confirm()
	from := func(name, value string) func(*http.Request) {
		return func(q *http.Request) { q.Header.Set(name, value) }
	}
	for name, a := range map[string]reply{
		"no cookie":         r.decide("approve", token, nil),
		"another's cookie":  r.decide("approve", token, other),
		"no token":          r.decide("approve", "", cookie),
		"a changed token":   r.decide("approve", token[:len(token)-4]+"AAAA", cookie),
		"another site":      r.decide("approve", token, cookie, from("Origin", "https://evil.example.com")),
		"cross-site":        r.decide("approve", token, cookie, from("Sec-Fetch-Site", "cross-site")),
		"no decision":       r.decide("", token, cookie),
		"entered by a site": r.post("/device", url.Values{"user_code": {d.user}}, from("Origin", "https://evil.example.com")),
	} {
		if a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	if r.login.count() != 0 {
		t.Error("a login began")
	}
	r.wantError(d.poll(), http.StatusBadRequest, "authorization_pending")
	if a := r.decide("approve", token, cookie); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the right one: %d %s", a.StatusCode, a.body)
	}
}

// Attack: two users were told the same code. The first to decide decides; the second one's
// word comes to nothing, and the tokens are the first one's.
func TestDeviceCrossUser(t *testing.T) {
	r := newRig(t)
	r.addUser("u-bob", func(*store.User) {})
	d := r.device("tv", nil)
	aliceToken, alice := d.confirm()
	bobToken, bob := d.confirm()
	if a := r.decide("approve", aliceToken, alice); a.StatusCode != http.StatusSeeOther {
		t.Fatal(a.body)
	}
	r.login.change = func(f *login.Finished) { f.Run.Subject.ID = "u-bob" }
	for _, decision := range []string{"approve", "deny"} {
		if a := r.decide(decision, bobToken, bob); a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, "does not work any more") {
			t.Errorf("%s: %d %s", decision, a.StatusCode, a.body)
		}
	}
	if got := d.poll().json(t); claims(t, got["access_token"])["sub"] != "u-alice" {
		t.Errorf("%v", got)
	}
}

// Attack: the device asks for its tokens many times in the same moment.
func TestDevicePollsAtOnce(t *testing.T) {
	r := newRig(t)
	d := r.device("tv", nil)
	d.approve()
	r.clock.advance(5 * time.Second)
	var got atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if d.pollNow("tv").StatusCode == http.StatusOK {
				got.Add(1)
			}
		})
	}
	if all.Wait(); got.Load() > 1 {
		t.Errorf("tokens were given %d times", got.Load())
	}
}

// A login that ends twice, because its host died in between, makes one grant.
func TestDeviceFinishedTwice(t *testing.T) {
	r := newRig(t)
	d := r.device("tv", nil)
	var seen login.Finished
	r.login.change = func(f *login.Finished) { seen = *f }
	d.approve()
	resp, err := r.provider.Finish(t.Context(), seen)
	if err != nil || resp.URL != r.server.URL+"/device/failed" {
		t.Errorf("%+v, %v", resp, err)
	}
	if a := d.poll(); a.StatusCode != http.StatusOK {
		t.Errorf("the first grant: %d %s", a.StatusCode, a.body)
	}
}

func TestDeviceAuthorizationFaults(t *testing.T) {
	r := newRig(t)
	for name, row := range map[string]struct {
		form url.Values
		want string
	}{
		"no client":           {url.Values{"scope": {"openid"}}, "invalid_client"},
		"another grant type":  {url.Values{"client_id": {"spa"}, "scope": {"openid"}}, "unauthorized_client"},
		"no scope of its own": {url.Values{"client_id": {"tv"}, "scope": {"root"}}, "invalid_scope"},
		"scope twice":         {url.Values{"client_id": {"tv"}, "scope": {"openid", "email"}}, "invalid_request"},
		"claims":              {url.Values{"client_id": {"tv"}, "scope": {"openid"}, "claims": {"{"}}, "invalid_request"},
		"max_age":             {url.Values{"client_id": {"tv"}, "scope": {"openid"}, "max_age": {"-1"}}, "invalid_request"},
	} {
		if a := r.post("/device_authorization", row.form); a.json(t)["error"] != row.want {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	r.wantError(r.post("/token", url.Values{"grant_type": {deviceGrant}, "client_id": {"tv"}}), http.StatusBadRequest, "invalid_request")
	r.wantError(r.post("/token", url.Values{"grant_type": {deviceGrant}, "client_id": {"tv"}, "device_code": {"x"}}), http.StatusBadRequest, "invalid_grant")
}

func TestDeviceDPoP(t *testing.T) {
	p := newRig(t).prover()
	d := p.device("tv", nil)
	d.approve()
	p.clock.advance(5 * time.Second)
	a := d.pollNow("tv", withProof(p.proof("POST", "/token", "")))
	if a.json(t)["token_type"] != "DPoP" {
		t.Errorf("%s", a.body)
	}
}

// FuzzUserCode: whatever is typed in, the page answers, and only the code's own spellings
// are the code.
func FuzzUserCode(f *testing.F) {
	handler := target(f)
	for _, seed := range []string{"WDJB-MJHT", "wdjbmjht", " w d j b m j h t ", "ſſſſſſſſ", "BBBBBBBBB", "\xff", strings.Repeat("B", 100)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/device?"+url.Values{"user_code": {typed}}.Encode(), http.NoBody))
		body := rec.Body.String()
		if shown := regexp.MustCompile(`^CODE "([^"]*)" wrong false wait false$`).FindStringSubmatch(body); shown == nil ||
			shown[1] != "" && !regexp.MustCompile(`^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$`).MatchString(shown[1]) {
			t.Errorf("%q: %s", typed, body)
		}
	})
}
