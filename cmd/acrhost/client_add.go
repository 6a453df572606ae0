package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/relying"
)

// clientFlags are the flags of client add that are settings: by the setting's name.
type clientFlags struct {
	c     *cobra.Command
	names map[string]string // the setting, by the flag
}

func (f *clientFlags) text(flag, setting, usage string) {
	f.names[flag] = setting
	f.c.Flags().String(flag, "", usage)
}

func (f *clientFlags) list(flag, setting, usage string) {
	f.names[flag] = setting
	f.c.Flags().StringArray(flag, nil, usage)
}

func (f *clientFlags) duration(flag, setting, usage string) {
	f.names[flag] = setting
	f.c.Flags().Duration(flag, 0, usage)
}

func (f *clientFlags) yes(flag, setting, usage string) {
	f.names[flag] = setting
	f.c.Flags().Bool(flag, false, usage)
}

func newClientFlags(c *cobra.Command) *clientFlags {
	f := &clientFlags{c: c, names: map[string]string{}}
	f.text("name", "name", "what users read")
	f.list("redirect-uri", "redirect_uris", "where answers may go; may be repeated, as all below that take more than one")
	f.list("post-logout-redirect-uri", "post_logout_redirect_uris", "where a browser may go after a logout")
	f.text("backchannel-logout-uri", "backchannel_logout_uri", "where the client is told that a user has signed out")
	f.text("frontchannel-logout-uri", "frontchannel_logout_uri", "a page of the client's that signs the browser out, shown in a frame")
	f.list("scope", "scopes", "a scope that the client may have")
	f.list("grant-type", "grant_types", "a grant type; default authorization_code and refresh_token")
	f.list("response-type", "response_types", "a response type; default code, and what insecure_response_types switches on")
	f.text("auth-method", "token_endpoint_auth_method", "how the client proves itself: client_secret_basic (default), client_secret_post, private_key_jwt, tls_client_auth, self_signed_tls_client_auth, none")
	f.text("jwks-uri", "jwks_uri", "where the client publishes its keys")
	f.text("journey", "journey", "the journey of its logins")
	f.text("acr-policy", "acr_policy", "advisory (default) or strict")
	f.list("default-acr", "default_acr_values", "an acr that is asked for when a request names none")
	f.list("allowed-acr", "allowed_acr", "an acr with which a login may end; may hold *")
	f.text("minimum-acr", "minimum", "the weakest acr, by the order of [acr]")
	f.duration("default-max-age", "default_max_age", "the max_age of requests that have none")
	f.duration("access-token-lifetime", "access_token_lifetime", "how long an access token lives; default that of [tokens], as below")
	f.duration("id-token-lifetime", "id_token_lifetime", "how long an ID token lives")
	f.duration("refresh-token-lifetime", "refresh_token_lifetime", "how long a refresh token lives")
	f.text("logo-uri", "logo_uri", "the client's logo")
	f.text("policy-uri", "policy_uri", "how the client uses what it learns")
	f.text("tos-uri", "tos_uri", "the client's terms")
	f.text("client-uri", "client_uri", "the client's home page")
	f.text("initiate-login-uri", "initiate_login_uri", "where others may have a login begin")
	f.yes("skip-consent", "skip_consent", "it is your own: do not ask its users for consent")
	f.list("introspect", "introspects", "an audience whose tokens it may ask /introspect about; * is all")
	f.text("profile", "profile", "fapi2: hold the client to FAPI 2.0")
	f.yes("require-par", "require_pushed_authorization_requests", "refuse requests that were not pushed")
	f.yes("dpop", "dpop_bound_access_tokens", "bind all its tokens to a key")
	return f
}

// settings are the flags that were given, as a [[clients]] table has them.
func (f *clientFlags) settings() (map[string]any, error) {
	all := map[string]any{}
	for flag, setting := range f.names {
		given := f.c.Flags().Lookup(flag)
		if !given.Changed {
			continue
		}
		switch given.Value.Type() {
		case "stringArray":
			values, err := f.c.Flags().GetStringArray(flag)
			if err != nil {
				return nil, err
			}
			list := make([]any, len(values))
			for i, v := range values {
				list[i] = v
			}
			all[setting] = list
		case "bool":
			all[setting] = given.Value.String() == "true"
		default:
			all[setting] = given.Value.String()
		}
	}
	return all, nil
}

func newClientAdd() *cobra.Command {
	c := &cobra.Command{
		Use:   "add CLIENT",
		Short: "Add a client; its secret is made here and printed once",
		Long: `Add keeps a client in the store. A secret is made for one that needs it, printed once and
kept as a hash: who lost it removes the client and adds it anew. --set gives any other
member of a [[clients]] table, its value in JSON.`,
		Example: `  acrhost client add shop --redirect-uri https://shop.example.com/cb --journey bank
  acrhost client add app --public --redirect-uri com.example.app:/cb --name "The app"
  acrhost client add bank --auth-method private_key_jwt --jwks-file bank.jwks --require-par \
      --dpop --redirect-uri https://bank.example.com/cb --acr-policy strict --allowed-acr '2.*'
  acrhost client add robot --grant-type client_credentials --scope jobs --json
  acrhost client add old --redirect-uri https://old.example.com/cb --set 'journey_by_acr={"2.5":"strong"}'`,
		Args: cobra.ExactArgs(1),
	}
	path, flags := configFlag(c), newClientFlags(c)
	public := c.Flags().Bool("public", false, "an app or a page that can keep no secret: --auth-method none")
	jwks := c.Flags().String("jwks-file", "", "a `file` with the client's public keys; they are read now")
	set := c.Flags().StringArray("set", nil, "any other member, as `name=JSON`")
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.MarkFlagsMutuallyExclusive("public", "auth-method")
	c.MarkFlagsMutuallyExclusive("jwks-file", "jwks-uri")
	c.RunE = withClients(path, func(c *cobra.Command, clients *host.Clients, args []string) error {
		settings, err := flags.settings()
		if err != nil {
			return err
		}
		if *public {
			settings["token_endpoint_auth_method"] = "none"
		}
		if err := addKeys(settings, *jwks); err != nil {
			return err
		}
		if err := addMembers(settings, *set); err != nil {
			return err
		}
		added, secret, err := clients.Add(c.Context(), relying.New{ID: args[0], Settings: settings})
		if err != nil {
			return refused(c, args[0], err)
		}
		return printAdded(c, clients, added, secret, *asJSON)
	})
	return c
}

// addKeys reads a file of public keys into the settings.
func addKeys(settings map[string]any, path string) error {
	if path == "" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("--jwks-file: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, clientkey.MaxSet+1))
	if err != nil {
		return fmt.Errorf("--jwks-file: %w", err)
	}
	settings["jwks"] = string(text)
	return nil
}

// addMembers are settings that have no flag of their own.
func addMembers(settings map[string]any, set []string) error {
	for _, each := range set {
		name, text, ok := strings.Cut(each, "=")
		if !ok {
			return fmt.Errorf("--set %q is not name=JSON", each)
		}
		if _, ok := settings[name]; ok {
			return fmt.Errorf("--set %s: a flag says it too", name)
		}
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			return fmt.Errorf("--set %s: %q is not JSON; a string stands in quotes", name, text)
		}
		settings[name] = value
	}
	return nil
}

func printAdded(c *cobra.Command, clients *host.Clients, added relying.Client, secret string, asJSON bool) error {
	if asJSON {
		all := describeClient(clients, added, nil)
		if secret != "" {
			all["client_secret"] = secret
		}
		return json.NewEncoder(c.OutOrStdout()).Encode(all)
	}
	fmt.Fprintf(c.OutOrStdout(), "added %s\n", added.ID)
	if secret != "" {
		fmt.Fprintf(c.OutOrStdout(), "secret: %s\nIt is not kept and can't be shown again.\n", secret)
	}
	return nil
}
