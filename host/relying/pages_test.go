package relying_test

import (
	"testing"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/relying"
)

// Attack: a client that registers itself has users see a bank's logo, begin at the bank, or
// follow links to it where nothing says that they lead there. The operator's own word counts.
func TestPagesOfAStranger(t *testing.T) {
	pages := func(at string) map[string]any {
		return settings(map[string]any{
			"logo_uri": at + "/logo.png", "client_uri": at + "/", "policy_uri": at + "/privacy", "tos_uri": at + "/terms", "initiate_login_uri": at + "/login",
		})
	}
	for name, row := range map[string]struct {
		at    string
		token string // of who registers itself
		shown bool
	}{
		"own host":                 {"https://SHOP.example.com", "t", true},
		"a bank":                   {"https://bank.example", "t", false},
		"a bank, before its own":   {"https://bank.example/?https://shop.example.com", "t", false},
		"its own, before a bank":   {"https://shop.example.com.bank.example", "t", false},
		"another port":             {"https://shop.example.com:8443", "t", false},
		"a bank, by the operator":  {"https://bank.example", "", true},
		"own host of the operator": {"https://shop.example.com", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			b, _ := book(t)
			n := relying.New{ID: "shop", Settings: pages(row.at), Token: row.token}
			if row.token != "" {
				n.Metadata = []byte(`{}`)
			}
			if _, _, err := b.Add(t.Context(), n); err != nil {
				t.Fatal(err)
			}
			want := config.Client{}
			if row.shown {
				want = config.Client{LogoURI: row.at + "/logo.png", HomeURI: row.at + "/", PolicyURI: row.at + "/privacy", TermsURI: row.at + "/terms", InitiateLoginURI: row.at + "/login"}
			}
			found, err := b.Find(t.Context(), "shop") // for the pages of a login
			if err != nil {
				t.Fatal(err)
			}
			c, err := b.Client(t.Context(), "shop") // for /account
			if err != nil {
				t.Fatal(err)
			}
			if got := found.Config; got.HomeURI != row.at+"/" || got.PolicyURI != row.at+"/privacy" || got.TermsURI != row.at+"/terms" {
				t.Errorf("links: %+v", got)
			}
			if got := found.Config; got.LogoURI != want.LogoURI || got.InitiateLoginURI != want.InitiateLoginURI {
				t.Errorf("shown: %+v", got)
			}
			if c.LogoURI != want.LogoURI || c.HomeURI != want.HomeURI || c.PolicyURI != want.PolicyURI || c.TermsURI != want.TermsURI || c.InitiateLoginURI != want.InitiateLoginURI {
				t.Errorf("shown at /account: %+v", c)
			}
		})
	}
}
