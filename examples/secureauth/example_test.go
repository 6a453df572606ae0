package secureauth_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/host/plugin"
)

// The page: "Dynamically Setting AMR and ACR Claims Using SecureAuth Extensions". Each
// test is named for what the page says.

// "To map the value of incoming custom attribute to the value of the amr or acr claim":
// the first script.
func TestMapsCustomAttributes(t *testing.T) {
	b := newBroker(t)
	for name, says := range map[string]hosttest.Says{
		// "Using JSON Web Tokens … can also be fetched, either from the OIDC userinfo endpoint"
		"in the ID token": {ID: map[string]any{"custom_acr": "urn:corp:loa:3", "custom_amr": "face"}},
		"in userinfo":     {Userinfo: map[string]any{"custom_acr": "urn:corp:loa:3", "custom_amr": "face"}},
	} {
		t.Run(name, func(t *testing.T) {
			b.idp.Say(says)
			b.wants(t, "attributes", "urn:corp:loa:3", "face")
		})
	}
}

// "If you wish to provide explicit values for the acr and amr claims": the second script.
func TestExplicitValues(t *testing.T) {
	b := newBroker(t)
	b.wants(t, "explicit", "urn:openbanking:psd2:sca", "face", "mfa")
}

// "Values set to the amr and acr claims using SecureAuth Extensions take precedence over
// any values set for those attributes using IDPs advanced settings."
func TestStepBeatsStaticConfiguration(t *testing.T) {
	b := newBroker(t)
	b.idp.Say(hosttest.Says{ID: map[string]any{"custom_acr": "urn:corp:loa:3", "custom_amr": "face"}})
	b.wants(t, "static", "urn:example:static", "pwd")
	b.wants(t, "attributes", "urn:corp:loa:3", "face")
	// Where the attributes are absent, the script has nothing to say.
	b.idp.Say(hosttest.Says{})
	b.wants(t, "attributes", "urn:example:static", "pwd")
}

// "The amr claim is a JSON array of strings … for all authentication methods", "The acr
// claim is a string": also when several attributes come, and when one is a number.
func TestTypesOfTheClaims(t *testing.T) {
	b := newBroker(t, allowACR("3"))
	b.idp.Say(hosttest.Says{ID: map[string]any{"custom_acr": 3, "custom_amr": []string{"face", "otp"}}})
	b.wants(t, "attributes", "3", "face", "otp")
}

// Attack: who can write an attribute there claims a passkey, all factors at once, or an acr
// that is not the provider's to say.
func TestAttributeClaimsWhatIsNotAllowed(t *testing.T) {
	b := newBroker(t)
	b.idp.Say(hosttest.Says{ID: map[string]any{"custom_acr": "phr", "custom_amr": []string{"hwk", "mfa", "face"}}})
	b.wants(t, "attributes", "urn:example:static", "face")
	b.idp.Say(hosttest.Says{ID: map[string]any{"custom_acr": map[string]any{"level": "phr"}, "custom_amr": "hwk"}})
	b.wants(t, "attributes", "urn:example:static", "pwd")
}

// Attack: as before, and the word stands somewhere in the step's configuration, where the
// operator wrote it for something else.
func TestAttributeClaimsWordsOfTheConfiguration(t *testing.T) {
	asIs := func(claim string) map[string]any { return map[string]any{"claim": claim, "as_is": true} }
	other := map[string]any{"claim": "team", "equals": "red", "value": "hwk"} // does not fit
	for name, row := range map[string]struct {
		says     string
		acr, amr []any
		wantACR  string
		wantAMR  string
	}{
		"the provider's name":         {"corporate", []any{asIs("custom")}, []any{asIs("custom")}, "urn:example:static", "pwd"},
		"the claim's name":            {"custom", []any{asIs("custom")}, []any{asIs("custom")}, "urn:example:static", "pwd"},
		"what a claim is held to":     {"hwk", []any{map[string]any{"claim": "custom", "equals": "hwk", "as_is": true}}, []any{map[string]any{"claim": "custom", "equals": "hwk", "as_is": true}}, "urn:example:static", "pwd"},
		"amr: a rule of the acr":      {"hwk", []any{other}, []any{asIs("custom")}, "urn:example:static", "pwd"},
		"acr: a rule of the amr":      {"hwk", []any{asIs("custom")}, []any{other}, "urn:example:static", "pwd"},
		"a rule that does not fit":    {"hwk", []any{other, asIs("custom")}, []any{other, asIs("custom")}, "urn:example:static", "pwd"},
		"a table that does not fit":   {"hwk", []any{map[string]any{"claim": "team", "map": map[string]any{"red": "hwk"}}, asIs("custom")}, []any{map[string]any{"claim": "team", "map": map[string]any{"red": "hwk"}}, asIs("custom")}, "urn:example:static", "pwd"},
		"not an attack: a rule's own": {"x", []any{asIs("custom_acr"), map[string]any{"value": "hwk"}}, []any{asIs("custom"), map[string]any{"value": "hwk"}}, "hwk", "hwk"},
		"not an attack: a table's":    {"k", []any{map[string]any{"claim": "custom", "map": map[string]any{"k": "phr"}}}, []any{map[string]any{"claim": "custom", "map": map[string]any{"k": "hwk"}}}, "phr", "hwk"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBroker(t, func(c *config.Config) {
				c.Journeys["attributes"].Steps["map"].Config = map[string]any{"provider": "corporate", "acr": row.acr, "amr": row.amr}
			})
			b.idp.Say(hosttest.Says{ID: map[string]any{"custom": row.says}})
			b.wants(t, "attributes", row.wantACR, row.wantAMR)
		})
	}
}

// allowACR lets more of what the provider says of acr count.
func allowACR(patterns ...string) func(*config.Config) {
	return func(c *config.Config) {
		u := c.Upstream["corporate"]
		u.AllowACR = append(u.AllowACR, patterns...)
		c.Upstream["corporate"] = u
	}
}

// "Additional information can also be fetched … or an IDP-specific endpoint, such as
// Azure Graph API".
func TestEndpointOfItsOwn(t *testing.T) {
	b := newBroker(t)
	b.wants(t, "endpoint", "urn:directory:user-1", "pwd")
}

// "The acr possible values are provided … during the OIDC IDP discovery with the
// acr_values_supported parameters."
func TestDiscovery(t *testing.T) {
	b := newBroker(t)
	res, err := http.Get(b.issuer + "/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var document struct {
		Values []string `json:"acr_values_supported"`
	}
	if err := json.NewDecoder(res.Body).Decode(&document); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"urn:example:static", "urn:openbanking:psd2:sca", "urn:example:high", "urn:example:low"} {
		if !slices.Contains(document.Values, want) {
			t.Errorf("%s is not in %q", want, document.Values)
		}
	}
}

// The same sentence, of the provider where users sign in: what it lists is asked of it,
// and nothing else.
func TestKnownValues(t *testing.T) {
	b := newBroker(t)
	b.idp.Say(hosttest.Says{Discovery: map[string]any{"acr_values_supported": []string{"urn:corp:loa:2", "urn:corp:loa:3"}}})
	b.logIn(t, b.browser(t), "static", url.Values{"acr_values": {"gold urn:corp:loa:3"}})
	if got := b.idp.Asked().Get("acr_values"); got != "urn:corp:loa:3" {
		t.Errorf("asked for %q", got)
	}
}

// "Some IDPs do not support using the amr or acr claim, but … pass information about the
// authentication methods reference in a custom attribute", and what they say of acr and
// amr itself does not count by itself.
func TestRules(t *testing.T) {
	b := newBroker(t)
	for _, tt := range []struct {
		name   string
		claims map[string]any
		acr    string
		amr    []string
	}{
		{"a pattern", map[string]any{"assurance": "high-4"}, "urn:example:high", []string{"pwd"}},
		{"a table", map[string]any{"assurance": "medium", "login": map[string]any{"methods": []string{"FaceRecognition", "Fax"}}}, "urn:example:medium", []string{"face"}},
		{"its own acr, and an amr that is not allowed", map[string]any{"acr": "gold", "amr": []string{"hwk"}}, "urn:example:high", []string{"pwd"}},
		{"nothing", map[string]any{"assurance": "other"}, "urn:example:unknown", []string{"pwd"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b.idp.Say(hosttest.Says{ID: tt.claims})
			b.wants(t, "rules", tt.acr, tt.amr...)
		})
	}
}

// The same user is the same account in every login, and the session spares the way to
// the provider; the mapping is made anew.
func TestSession(t *testing.T) {
	b := newBroker(t)
	b.idp.Say(hosttest.Says{ID: map[string]any{"custom_acr": "urn:corp:loa:3", "custom_amr": "face"}})
	browser := b.browser(t)
	first := b.logIn(t, browser, "attributes", nil)
	b.idp.Say(hosttest.Says{ID: map[string]any{"custom_acr": "urn:corp:loa:2"}})
	again := b.logIn(t, browser, "attributes", nil)
	if diff := cmp.Diff(first.ID["acr"], again.ID["acr"]); diff != "" || first.ID["sub"] != again.ID["sub"] || first.ID["auth_time"] != again.ID["auth_time"] {
		t.Errorf("first %v\nagain %v", first.ID, again.ID)
	}
	anew := b.logIn(t, browser, "attributes", url.Values{"prompt": {"login"}})
	if anew.ID["acr"] != "urn:corp:loa:2" || anew.ID["sub"] != first.ID["sub"] || b.idp.Asked().Get("prompt") != "login" {
		t.Errorf("anew %v", anew.ID)
	}
}

// broker is acrhost with the configuration of this folder, and the provider that it
// knows.
type broker struct {
	idp    *hosttest.IDP
	issuer string
	known  map[string]*hosttest.Party
}

func newBroker(t *testing.T, changes ...func(*config.Config)) *broker {
	t.Helper()
	idp, err := hosttest.NewIDP(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(idp.Close)
	directory := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"assurance":"urn:directory:%s"}`, filepath.Base(r.URL.Path))
	}))
	t.Cleanup(directory.Close)
	b := &broker{idp: idp, known: map[string]*hosttest.Party{}}
	cfg, options := load(t, "config.toml", "http://127.0.0.1:8090", idp.Issuer, "http://127.0.0.1:8091", directory.URL)
	for _, change := range changes {
		change(cfg)
	}
	b.issuer = run(t, cfg, options)
	return b
}

// serve runs a configuration of this folder, with other addresses in it.
func serve(t *testing.T, file string, addresses ...string) string {
	t.Helper()
	cfg, options := load(t, file, addresses...)
	return run(t, cfg, options)
}

func run(t *testing.T, cfg *config.Config, options host.Options) string {
	t.Helper()
	issuer, stop, err := hosttest.Serve(t.Context(), cfg, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return issuer
}

func load(t *testing.T, file string, addresses ...string) (*config.Config, host.Options) {
	t.Helper()
	source := config.Machine()
	source.ReadFile = func(path string) ([]byte, error) {
		text, err := os.ReadFile(path)
		return []byte(strings.NewReplacer(addresses...).Replace(string(text))), err
	}
	cfg, err := source.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	standard := cfg.Plugins["standard"]
	standard.Limits.Timeout = 30 * time.Second // the race detector is slow
	cfg.Plugins["standard"] = standard
	cfg.Store = config.Store{DSN: "memory:", SealKeyFile: filepath.Join(t.TempDir(), "seal.key")}
	cfg.CacheDir = filepath.Join("..", "..", ".cache", "acrhost")
	wasm, err := os.ReadFile(standard.Path)
	if err != nil {
		t.Fatalf("run make plugins first: %v", err)
	}
	return cfg, host.Options{StandardDigest: plugin.Digest(wasm)}
}

func (b *broker) browser(t *testing.T) *hosttest.Browser {
	t.Helper()
	browser, err := hosttest.NewBrowser(b.issuer)
	if err != nil {
		t.Fatal(err)
	}
	return browser
}

// wants logs in anew, and holds acr and amr of both tokens to what is wanted.
func (b *broker) wants(t *testing.T, client, acr string, amr ...string) {
	t.Helper()
	tokens := b.logIn(t, b.browser(t), client, nil)
	var list []any
	for _, value := range amr {
		list = append(list, value)
	}
	for name, claims := range map[string]map[string]any{"ID token": tokens.ID, "access token": tokens.Access} {
		if diff := cmp.Diff(map[string]any{"acr": acr, "amr": list}, map[string]any{"acr": claims["acr"], "amr": claims["amr"]}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// logIn goes to the provider where it is sent there.
func (b *broker) logIn(t *testing.T, browser *hosttest.Browser, client string, extra url.Values) *hosttest.Tokens {
	t.Helper()
	party := b.known[client]
	if party == nil {
		var err error
		if party, err = hosttest.NewParty(t.Context(), b.issuer, client, "", "http://127.0.0.1:5555/callback"); err != nil {
			t.Fatal(err)
		}
		b.known[client] = party
	}
	attempt := party.Begin(extra)
	page, err := browser.Get(attempt.URL)
	if err == nil && strings.HasPrefix(page.URL.String(), b.idp.Issuer) {
		var back string
		if back, err = b.idp.Visit(page.URL.String()); err == nil {
			page, err = browser.Get(back)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := party.Finish(t.Context(), attempt, page.Params())
	if err != nil {
		t.Fatalf("%v\n%s %s", err, page.URL, page.Text())
	}
	return tokens
}
