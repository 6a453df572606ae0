package capability_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/upstream"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// abroad is a world with another provider.
type abroad struct {
	*world
	idp *hosttest.IDP
}

func newAbroad(t *testing.T) *abroad {
	t.Helper()
	w := newWorld(t)
	idp, err := hosttest.NewIDP(w.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(idp.Close)
	sealer, err := store.NewSealer(make([]byte, store.SealKeySize))
	if err != nil {
		t.Fatal(err)
	}
	provider, err := upstream.New(config.Upstream{
		Name: "acme", Issuer: idp.Issuer, ClientID: "broker", ClientSecret: hosttest.Secret, Scopes: []string{"openid"},
		AMR: []string{"pwd"}, AllowACR: []string{"phr"}, Link: config.LinkEmail, Create: true,
	}, "http://localhost:8080", nil, w.Now)
	if err != nil {
		t.Fatal(err)
	}
	w.Upstream = capability.Upstream{
		Providers: map[string]*upstream.Provider{"acme": provider},
		Waiting:   &upstream.Waiting{Artifacts: w.store, Sealer: sealer, Now: w.Now},
	}
	return &abroad{world: w, idp: idp}
}

// begin gives the URL, and what the call lets the step redirect to.
func (a *abroad) begin(i capability.CallInfo, q abi.UpstreamBegin) (abi.Status, string) {
	a.t.Helper()
	c := a.Call(i)
	status, begun := ask[abi.UpstreamBegun](a.t, c, "upstream_begin", q)
	if may := c.Redirects(); status == abi.OK && (len(may) != 1 || may[0] != begun.URL) || status != abi.OK && len(may) > 0 {
		a.t.Errorf("may redirect to %q, was given %q", may, begun.URL)
	}
	return status, begun.URL
}

// comeBack brings the provider's answer, as the browser does.
func (a *abroad) comeBack(run, address string) {
	a.t.Helper()
	back, err := a.idp.Visit(address)
	if err != nil {
		a.t.Fatal(err)
	}
	u, err := url.Parse(back)
	if err != nil {
		a.t.Fatal(err)
	}
	state, answer, err := upstream.ReadAnswer(u.Query())
	if err != nil {
		a.t.Fatal(err)
	}
	if err := a.Upstream.Waiting.Bring(a.t.Context(), run, state, answer); err != nil {
		a.t.Fatal(err)
	}
}

func (a *abroad) round(i capability.CallInfo) (*capability.Call, abi.Status, abi.UpstreamFinished) {
	a.t.Helper()
	_, address := a.begin(i, abi.UpstreamBegin{Provider: "acme"})
	a.comeBack(i.Run, address)
	c := a.Call(i)
	status, done := ask[abi.UpstreamFinished](a.t, c, "upstream_finish", abi.Nothing{})
	return c, status, done
}

func TestUpstreamMakesSubjectAndEvidence(t *testing.T) {
	a := newAbroad(t)
	at := a.Now().Add(-time.Hour).Truncate(time.Second)
	a.idp.Say(hosttest.Says{ID: map[string]any{"sub": "alice", "acr": "phr", "amr": []string{"hwk"}, "auth_time": at.Unix()}})
	c, status, done := a.round(info())
	if status != abi.OK || !done.OK || done.Claims["sub"] != "alice" || *done.ACR != "phr" || c.Subject().ID != "u_alice" {
		t.Fatalf("%v %+v, subject %+v", status, done, c.Subject())
	}
	e := c.Evidence()
	if len(e) != 1 || e[0].Method != "upstream:acme" || strings.Join(e[0].AMR, " ") != "pwd" || !e[0].At.Equal(at) || !e[0].Upstream.Static {
		t.Errorf("evidence %+v", e)
	}
	if up := c.Upstream()["acme"]; up.Claims["sub"] != "alice" || *up.ACR != "phr" {
		t.Errorf("upstream %+v", up)
	}
	if a.rule != (account.UpstreamRule{ByEmail: true, Create: true}) {
		t.Errorf("rule %+v", a.rule)
	}
}

func TestUpstreamIsForOneRunAndOnce(t *testing.T) {
	a := newAbroad(t)
	a.idp.Say(hosttest.Says{ID: map[string]any{"sub": "alice"}})
	finish := func(run string) abi.Status {
		i := info()
		i.Run = run
		status, _ := ask[abi.UpstreamFinished](t, a.Call(i), "upstream_finish", abi.Nothing{})
		return status
	}
	if got := finish("r_1"); got != abi.NotFound {
		t.Errorf("before anything was begun: %v", got)
	}
	_, address := a.begin(info(), abi.UpstreamBegin{Provider: "acme"})
	if got := finish("r_2"); got != abi.NotFound {
		t.Errorf("by another run: %v", got)
	}
	a.comeBack("r_1", address)
	for i, want := range []abi.Status{abi.OK, abi.NotFound} {
		if got := finish("r_1"); got != want {
			t.Errorf("finish %d: %v", i, got)
		}
	}
	a.begin(info(), abi.UpstreamBegin{Provider: "acme"})
	if got := finish("r_1"); got != abi.NotFound {
		t.Errorf("before the browser is back: %v", got)
	}
	_, late := a.begin(info(), abi.UpstreamBegin{Provider: "acme"})
	a.advance(16 * time.Minute)
	u, _ := url.Parse(late)
	if _, err := a.Upstream.Waiting.Find(t.Context(), "acme", u.Query().Get("state")); err == nil {
		t.Error("a state of 16 minutes ago is known")
	}
}

// A begin that came later makes the one before worthless.
func TestUpstreamBegunTwice(t *testing.T) {
	a := newAbroad(t)
	_, first := a.begin(info(), abi.UpstreamBegin{Provider: "acme"})
	a.begin(info(), abi.UpstreamBegin{Provider: "acme"})
	u, _ := url.Parse(first)
	err := a.Upstream.Waiting.Bring(t.Context(), "r_1", u.Query().Get("state"), upstream.Answer{Code: "x"})
	if err == nil {
		t.Error("the state before is still good")
	}
}

func TestUpstreamRefusals(t *testing.T) {
	a := newAbroad(t)
	for name, q := range map[string]abi.UpstreamBegin{"a prompt": {Provider: "acme", Prompt: "none login"}} {
		if status, _ := a.begin(info(), q); status != abi.BadRequest {
			t.Errorf("%s: %v", name, status)
		}
	}
	if status, _ := a.begin(info(), abi.UpstreamBegin{Provider: "evil"}); status != abi.NotFound {
		t.Errorf("an unknown provider: %v", status)
	}
	ungranted := info()
	ungranted.Granted = nil
	if status, _ := a.begin(ungranted, abi.UpstreamBegin{Provider: "acme"}); status != abi.Denied {
		t.Errorf("without a grant: %v", status)
	}
	for name, tt := range map[string]struct {
		sub  string
		info capability.CallInfo
	}{
		"nobody here": {"stranger", info()}, "disabled": {"mallory", info()}, "another than the run's": {"bob", alice()},
	} {
		a.idp.Say(hosttest.Says{ID: map[string]any{"sub": tt.sub}})
		c, status, done := a.round(tt.info)
		if status != abi.OK || done.OK || done.Error != abi.UpstreamUnlinked || len(c.Evidence()) > 0 || c.Subject() != nil || c.Upstream() != nil || done.Claims != nil {
			t.Errorf("%s: %v %+v", name, status, done)
		}
		if tt.info.Subject != nil && a.rule != (account.UpstreamRule{}) {
			t.Errorf("a run about somebody links with %+v", a.rule)
		}
	}
}

// Under prompt=none the provider is asked for no page, whatever the step asks for.
func TestUpstreamInSilence(t *testing.T) {
	a := newAbroad(t)
	silent := info()
	silent.Interactive = false
	_, address := a.begin(silent, abi.UpstreamBegin{Provider: "acme", Prompt: "login"})
	if u, _ := url.Parse(address); u.Query().Get("prompt") != "none" {
		t.Errorf("asks for %s", address)
	}
}

// Where the login that the provider remembers is too old for a level, it is asked for a new
// one, whatever the step asks for; in silence by max_age, which makes it say login_required.
// The same where the client asks for a new login, or a young one: a module may forget it.
func TestUpstreamAnew(t *testing.T) {
	a := newAbroad(t)
	for name, row := range map[string]struct {
		anew   []string
		silent bool
		ask    abi.UpstreamBegin
		prompt string
		maxAge string
		client capability.CallInfo // what the client asked for
	}{
		"not at all":        {nil, false, abi.UpstreamBegin{}, "", "", capability.CallInfo{}},
		"another provider":  {[]string{"corp"}, false, abi.UpstreamBegin{}, "", "", capability.CallInfo{}},
		"anew":              {[]string{"acme"}, false, abi.UpstreamBegin{}, "login", "0", capability.CallInfo{}},
		"anew, longer":      {[]string{"acme"}, false, abi.UpstreamBegin{MaxAge: new(int64(900))}, "login", "0", capability.CallInfo{}},
		"anew, and another": {[]string{"acme"}, false, abi.UpstreamBegin{Prompt: "consent"}, "login consent", "0", capability.CallInfo{}},
		"anew, as it is":    {[]string{"acme"}, false, abi.UpstreamBegin{Prompt: "login"}, "login", "0", capability.CallInfo{}},
		"anew, in silence":  {[]string{"acme"}, true, abi.UpstreamBegin{}, "none", "0", capability.CallInfo{}},

		"the client wants a login":              {nil, false, abi.UpstreamBegin{Prompt: "select_account"}, "login select_account", "0", capability.CallInfo{Login: true}},
		"the client wants one in silence":       {nil, true, abi.UpstreamBegin{}, "none", "0", capability.CallInfo{Login: true}},
		"the client wants a young one":          {nil, false, abi.UpstreamBegin{}, "", "60", capability.CallInfo{MaxAge: new(int64(60))}},
		"the client wants a younger one":        {nil, false, abi.UpstreamBegin{MaxAge: new(int64(900))}, "", "60", capability.CallInfo{MaxAge: new(int64(60))}},
		"the step wants a younger one":          {nil, false, abi.UpstreamBegin{MaxAge: new(int64(10))}, "", "10", capability.CallInfo{MaxAge: new(int64(60))}},
		"the client wants one of no age at all": {nil, false, abi.UpstreamBegin{Prompt: "consent"}, "login consent", "0", capability.CallInfo{MaxAge: new(int64(0))}},
	} {
		i := info()
		i.Anew, i.Interactive, i.Login, i.MaxAge = row.anew, !row.silent, row.client.Login, row.client.MaxAge
		row.ask.Provider = "acme"
		_, address := a.begin(i, row.ask)
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if q := u.Query(); q.Get("prompt") != row.prompt || q.Get("max_age") != row.maxAge {
			t.Errorf("%s: asks for %s", name, address)
		}
	}
}

// What a login there proved is not another's, whom the guest names later in the call.
func TestUpstreamEvidenceIsNotAnothers(t *testing.T) {
	a := newAbroad(t)
	a.idp.Say(hosttest.Says{ID: map[string]any{"sub": "alice"}})
	c, _, _ := a.round(info())
	if status, _ := ask[abi.UserIdentified](t, c, "user_identify", abi.UserIdentify{Username: "bob"}); status != abi.OK {
		t.Fatal(status)
	}
	if len(c.Evidence()) > 0 || c.Upstream() != nil {
		t.Errorf("bob has %+v, %+v", c.Evidence(), c.Upstream())
	}
}
