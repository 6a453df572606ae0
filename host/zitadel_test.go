package host_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/zitadel/oidc/v3/pkg/client/rp"
	"github.com/zitadel/oidc/v3/pkg/client/rs"
	zitadelhttp "github.com/zitadel/oidc/v3/pkg/http"
	zitadel "github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/oauth2"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
)

const zitadelSecret = "correct horse battery staple, of the client"

// zitadelTokens is what the site holds of a login, as its callback says it.
type zitadelTokens struct {
	Access, Refresh, ID, State, Subject, Email, ACR string
	AMR                                             []string
}

// TestZitadel: the relying party and the resource server of zitadel/oidc.
func TestZitadel(t *testing.T) {
	site := httptest.NewUnstartedServer(nil)
	origin := "http://" + site.Listener.Addr().String()
	cfg := hosttest.Load(t, "testdata/clients.toml")
	cfg.Clients = append(cfg.Clients,
		config.Client{
			ID: "web", Secret: zitadelSecret, Journey: "levels", Scopes: []string{"openid", "email"}, RequirePKCE: true,
			RedirectURIs: []string{origin + "/callback", origin + "/strict/callback"}, PostLogoutRedirectURIs: []string{origin + "/bye"},
		},
		config.Client{ID: "api", Secret: zitadelSecret, Introspects: []string{"*"}, GrantTypes: []string{"client_credentials"}},
		config.Client{ID: "tv", GrantTypes: []string{deviceGrant, "refresh_token"}, Scopes: []string{"openid"}, Journey: "levels"},
	)
	issuer := hosttest.Run(t, cfg, nil)
	site.Config.Handler = zitadelSite(t, issuer, origin)
	site.Start()
	t.Cleanup(site.Close)
	for name, story := range map[string]func(*surfer){
		"code flow, its step-up and its end": zitadelCodeFlow,
		"too low an acr is refused":          zitadelRefuses,
		"RP-initiated logout":                zitadelLogout,
		"device flow":                        zitadelDevice,
	} {
		t.Run(name, func(t *testing.T) { story(surf(t, issuer, origin)) })
	}
}

// zitadelParty is the relying party with its handlers' cookies, and what it takes for an acr.
func zitadelParty(t *testing.T, issuer, redirect string, acr ...string) rp.RelyingParty {
	t.Helper()
	cookies := zitadelhttp.NewCookieHandler([]byte("a key of thirty-two bytes, truly"), []byte("another of thirty-two bytes, too"), zitadelhttp.WithUnsecure())
	party, err := rp.NewRelyingPartyOIDC(
		t.Context(), issuer, "web", zitadelSecret, redirect, []string{"openid", "email"},
		rp.WithPKCE(cookies), rp.WithAuthStyle(oauth2.AuthStyleInHeader), rp.WithSigningAlgsFromDiscovery(),
		rp.WithVerifierOpts(rp.WithACRVerifier(zitadel.DefaultACRVerifier(acr)), rp.WithIssuedAtOffset(time.Minute), rp.WithAuthTimeMaxAge(time.Hour)),
	)
	if err != nil {
		t.Fatal(err)
	}
	return party
}

// zitadelSite takes any login at /callback, and only 2.0 at /strict/callback.
func zitadelSite(t *testing.T, issuer, origin string) http.Handler {
	t.Helper()
	lax, strict := zitadelParty(t, issuer, origin+"/callback", "1.5", "2.0"), zitadelParty(t, issuer, origin+"/strict/callback", "2.0")
	signed := rp.UserinfoCallback(func(w http.ResponseWriter, _ *http.Request, tokens *zitadel.Tokens[*zitadel.IDTokenClaims], state string, _ rp.RelyingParty, info *zitadel.UserInfo) {
		_ = json.NewEncoder(w).Encode(zitadelTokens{
			Access: tokens.AccessToken, Refresh: tokens.RefreshToken, ID: tokens.IDToken, State: state, Subject: info.Subject, Email: info.Email,
			ACR: tokens.IDTokenClaims.AuthenticationContextClassReference, AMR: tokens.IDTokenClaims.AuthenticationMethodsReferences,
		})
	})
	state := func() string { return strings.Repeat("s", 128) }
	mux := http.NewServeMux()
	mux.Handle("/callback", rp.CodeExchangeHandler(signed, lax))
	mux.Handle("/strict/callback", rp.CodeExchangeHandler(signed, strict))
	mux.Handle("/login", rp.AuthURLHandler(state, lax))
	mux.Handle("/login/2.0", rp.AuthURLHandler(state, lax, rp.WithURLParam("acr_values", "2.0")))
	mux.Handle("/strict/login", rp.AuthURLHandler(state, strict))
	mux.Handle("/strict/login/2.0", rp.AuthURLHandler(state, strict, rp.WithURLParam("acr_values", "2.0")))
	mux.HandleFunc("/bye", func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("bye " + r.FormValue("state"))) })
	return mux
}

// signsIn is a login by the site, and what was asked for it.
func (s *surfer) signsIn(path string, wantAsked ...string) zitadelTokens {
	s.Helper()
	page, asked := s.open(path)
	var got zitadelTokens
	if err := json.Unmarshal(page.Body, &got); err != nil {
		s.Fatalf("status %d: %s", page.Status, page.Body)
	}
	if diff := cmp.Diff(wantAsked, asked); diff != "" || got.Email != "alice@example.com" || got.State != strings.Repeat("s", 128) {
		s.Errorf("%+v\n%s", got, diff)
	}
	return got
}

func zitadelCodeFlow(s *surfer) {
	weak := s.signsIn("/login", "password")
	strong := s.signsIn("/login/2.0", "sms")
	if weak.ACR != "1.5" || strong.ACR != "2.0" || !cmp.Equal(strong.AMR, []string{"pwd", "sms", "mfa"}) || weak.Subject != strong.Subject {
		s.Fatalf("first %+v\nthen %+v", weak, strong)
	}
	party := zitadelParty(s.T, s.person.Issuer, s.origin+"/callback", "2.0")
	again, err := rp.RefreshTokens[*zitadel.IDTokenClaims](s.Context(), party, strong.Refresh, "", "")
	if err != nil || again.IDTokenClaims == nil || again.IDTokenClaims.Subject != strong.Subject || again.RefreshToken == strong.Refresh {
		s.Fatal(again, err)
	}
	if seen := zitadelIntrospects(s, again.AccessToken); !seen.Active || seen.ACR != "2.0" || seen.Subject != strong.Subject {
		s.Errorf("introspection: %+v", seen)
	}
	if err := rp.RevokeToken(s.Context(), party, again.RefreshToken, "refresh_token"); err != nil {
		s.Fatal(err)
	}
	if seen := zitadelIntrospects(s, again.AccessToken); seen.Active {
		s.Errorf("after the revocation: %+v", seen)
	}
}

// zitadelSeen is what introspection says, with the acr of RFC 9470 6.2.
type zitadelSeen struct {
	Active  bool   `json:"active"`
	ACR     string `json:"acr"`
	Subject string `json:"sub"`
}

func zitadelIntrospects(s *surfer, token string) zitadelSeen {
	s.Helper()
	server, err := rs.NewResourceServerClientCredentials(s.Context(), s.person.Issuer, "api", zitadelSecret)
	if err != nil {
		s.Fatal(err)
	}
	seen, err := rs.Introspect[zitadelSeen](s.Context(), server, token)
	if err != nil {
		s.Fatal(err)
	}
	return seen
}

// The library holds the ID token against what the site takes.
func zitadelRefuses(s *surfer) {
	page, asked := s.open("/strict/login")
	if page.Status != http.StatusUnauthorized || !strings.Contains(page.Text(), `expected one of: [2.0], got: "1.5"`) || !cmp.Equal(asked, []string{"password"}) {
		s.Errorf("status %d, asked for %v: %s", page.Status, asked, page.Text())
	}
	if got := s.signsIn("/strict/login/2.0", "sms"); got.ACR != "2.0" {
		s.Errorf("%+v", got)
	}
}

// The library asks for the logout itself, without the browser's cookies, and sends the
// browser where it is told to: what the ID token said comes along, so that nobody is asked.
func zitadelLogout(s *surfer) {
	got := s.signsIn("/login", "password")
	party := zitadelParty(s.T, s.person.Issuer, s.origin+"/callback", "1.5")
	next, err := rp.EndSession(s.Context(), party, got.ID, s.origin+"/bye", "a state", "", nil)
	if err != nil || next == nil {
		s.Fatal(next, err)
	}
	if strings.Contains(next.String(), got.ID) {
		s.Errorf("the ID token is in the address: %s", next)
	}
	page, err := s.person.Browser.Get(next.String())
	if err != nil || page.URL.String() != s.origin+"/bye?"+(url.Values{"state": {"a state"}}).Encode() {
		s.Fatal(page, err)
	}
	s.signsIn("/login", "password")
}

// Alice has let the device in before it polls for the first time: it waits once.
func zitadelDevice(s *surfer) {
	tv, err := rp.NewRelyingPartyOIDC(s.Context(), s.person.Issuer, "tv", "", "", []string{"openid"}, rp.WithAuthStyle(oauth2.AuthStyleInParams))
	if err != nil {
		s.Fatal(err)
	}
	device, err := rp.DeviceAuthorization(s.Context(), []string{"openid"}, tv, nil)
	if err != nil {
		s.Fatal(err)
	}
	page, err := s.person.Browser.Get(device.VerificationURIComplete)
	for _, fields := range []map[string]string{nil, {"_action": "approve"}, {"username": s.person.Name, "password": s.person.Password}} {
		if err == nil {
			page, err = s.person.Browser.Submit(page, fields)
		}
	}
	if err != nil || page.TextOf("done") == "" {
		s.Fatal(page, err)
	}
	tokens, err := rp.DeviceAccessToken(s.Context(), device.DeviceCode, time.Duration(device.Interval)*time.Second, tv)
	if err != nil {
		s.Fatal(err)
	}
	claims, err := rp.VerifyTokens[*zitadel.IDTokenClaims](s.Context(), tokens.AccessToken, tokens.IDToken, tv.IDTokenVerifier())
	if err != nil || claims.AuthenticationContextClassReference != "1.5" {
		s.Fatal(claims, err)
	}
	if _, err := rp.Userinfo[*zitadel.UserInfo](s.Context(), tokens.AccessToken, "Bearer", claims.Subject, tv); err != nil {
		s.Error(err)
	}
}
