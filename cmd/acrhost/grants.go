package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
)

func newGrants() *cobra.Command {
	c := &cobra.Command{
		Use:   "grants",
		Short: "See and end what logins came to: list, show, revoke, modules, allow",
		Long: `A grant is what one login gave a client: who, how well (acr, amr, auth_time), and by
which steps of which modules. Every token comes from one, and ends with it.`,
		RunE: needsSubcommand,
	}
	c.AddCommand(newGrantsList(), newGrantsShow(), newGrantsRevoke(), newGrantsModules(), newGrantsAllow())
	return c
}

// withGrants gives a command the grants of the configured store.
func withGrants(path *string, do func(c *cobra.Command, grants *host.Grants, args []string) error) func(*cobra.Command, []string) error {
	return withStored(path, host.WithGrants, do)
}

// grantFlags say which grants are meant.
type grantFlags struct{ user, client, digest *string }

func newGrantFlags(c *cobra.Command) grantFlags {
	return grantFlags{
		user:   c.Flags().String("user", "", "of this user, by `name`"),
		client: c.Flags().String("client", "", "of this client, by `id`"),
		digest: c.Flags().String("plugin-digest", "", "that rest on the module with this `digest`, sha256:…"),
	}
}

func (f grantFlags) empty() bool { return *f.user == "" && *f.client == "" && *f.digest == "" }

func (f grantFlags) filter(c *cobra.Command, grants *host.Grants) (store.GrantFilter, error) {
	fits := store.GrantFilter{ClientID: *f.client, RestsOn: *f.digest}
	if *f.digest != "" {
		if err := checkDigest("--plugin-digest", *f.digest); err != nil {
			return fits, err
		}
	}
	if *f.user == "" {
		return fits, nil
	}
	user, err := grants.User(c.Context(), *f.user)
	if err != nil {
		return fits, fmt.Errorf("user %q: %w", *f.user, err)
	}
	fits.UserID = user.ID
	return fits, nil
}

func checkDigest(what, digest string) error {
	if !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(digest) {
		return fmt.Errorf("%s %q is not sha256: and 64 hexadecimal digits, as `acrhost plugin inspect` prints it", what, digest)
	}
	return nil
}

func newGrantsList() *cobra.Command {
	c := &cobra.Command{
		Use: "list", Short: "List grants that have not expired", Args: cobra.NoArgs,
		Example: "  acrhost grants list --user alice\n  acrhost grants list --plugin-digest sha256:…",
	}
	path, flags := configFlag(c), newGrantFlags(c)
	c.RunE = withGrants(path, func(c *cobra.Command, grants *host.Grants, _ []string) error {
		fits, err := flags.filter(c, grants)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "GRANT\tCLIENT\tUSER\tACR\tAMR\tAUTHENTICATED\tSTATE")
		err = grants.Each(c.Context(), fits, func(g store.Grant) error {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", g.ID, g.ClientID, g.UserID, acrOf(g), strings.Join(g.AMR, " "), moment(g.AuthTime), stateOf(g))
			return nil
		})
		return errors.Join(err, w.Flush())
	})
	return c
}

func acrOf(g store.Grant) string {
	if g.ACR == nil {
		return "-"
	}
	return *g.ACR
}

func stateOf(g store.Grant) string {
	if g.RevokedAt.IsZero() {
		return "in force"
	}
	return "revoked " + moment(g.RevokedAt)
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

func newGrantsShow() *cobra.Command {
	c := &cobra.Command{
		Use:     "show GRANT",
		Short:   "Show a grant and who set which acr, when, by which step of which module, and from what",
		Example: "  acrhost grants show g_…    # the claim grant_id of an access token\n  acrhost grants show g_… --json",
		Args:    cobra.ExactArgs(1),
	}
	path := configFlag(c)
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.RunE = withGrants(path, func(c *cobra.Command, grants *host.Grants, args []string) error {
		g, trail, err := grants.Show(c.Context(), args[0])
		if err != nil {
			return err
		}
		if *asJSON {
			return printGrantJSON(c, g, trail)
		}
		return printGrant(c, g, trail)
	})
	return c
}

func printGrantJSON(c *cobra.Command, g store.Grant, trail []journey.ACRSet) error {
	e := json.NewEncoder(c.OutOrStdout())
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{
		"grant": g.ID, "client_id": g.ClientID, "sub": g.UserID, "scope": g.Scope, "acr": g.ACR, "amr": g.AMR,
		"auth_time": moment(g.AuthTime), "journey": g.Journey, "run": g.Run, "created_at": moment(g.CreatedAt),
		"expires_at": moment(g.ExpiresAt), "revoked_at": moment(g.RevokedAt), "acr_digest": g.ACRDigest, "rests_on": g.RestsOn, "trail": trail,
	})
}

func printGrant(c *cobra.Command, g store.Grant, trail []journey.ACRSet) error {
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, line := range [][2]string{
		{"grant", g.ID}, {"client", g.ClientID}, {"sub", g.UserID}, {"scope", strings.Join(g.Scope, " ")}, {"acr", acrOf(g)},
		{"amr", strings.Join(g.AMR, " ")}, {"auth_time", moment(g.AuthTime)}, {"journey", g.Journey}, {"run", g.Run},
		{"created", moment(g.CreatedAt)}, {"expires", moment(g.ExpiresAt)}, {"state", stateOf(g)},
	} {
		fmt.Fprintf(w, "%s\t%s\n", line[0], line[1])
	}
	for _, digest := range g.RestsOn {
		fmt.Fprintf(w, "rests on\t%s\n", digest)
	}
	fmt.Fprintln(w)
	for i, set := range trail {
		fmt.Fprintf(w, "set %d\t%s\n", i+1, set.Value)
		for _, line := range [][2]string{
			{"at", moment(set.At)}, {"step", set.Step + " (" + set.Use + ")"}, {"module", set.Digest}, {"call", set.Input.Call},
			{"amr", strings.Join(set.Input.AMR, " ")}, {"requested", strings.Join(set.Input.Requested, " ")}, {"config", string(set.Input.Config)},
		} {
			fmt.Fprintf(w, "  %s\t%s\n", line[0], line[1])
		}
		for _, line := range seenOf(set.Input.Seen) {
			fmt.Fprintf(w, "  read %s\t%s\n", line[0], line[1])
		}
	}
	if len(trail) == 0 {
		fmt.Fprintln(w, "no step set an acr")
	}
	return w.Flush()
}

// seenOf are the parts that a step read, by name.
func seenOf(s journey.Seen) [][2]string {
	var all [][2]string
	if s.Vars != nil {
		all = append(all, [2]string{"vars", string(s.Vars)})
	}
	if s.Upstream != nil {
		all = append(all, [2]string{"upstream", string(s.Upstream)})
	}
	if s.Device != nil {
		all = append(all, [2]string{"device", s.Device.IP + " " + strconv.Quote(s.Device.UserAgent)})
	}
	return all
}

func newGrantsRevoke() *cobra.Command {
	c := &cobra.Command{
		Use:   "revoke [GRANT…]",
		Short: "End grants: by id, or all of a user, a client or a module",
		Long: `Revoke ends grants. Their refresh tokens and codes stop working at once, their access
tokens introspect as inactive and userinfo refuses them; a resource server that reads the
JWT by itself takes one until it expires. Each is an audit event.

By --plugin-digest every grant ends that rests on the module: that ran in its login, or in
the earlier login that its evidence comes from. The module stays revoked: logins that rest
on it end in server_error, those under way too, and what sessions have from it does not
count. Install another build, or see allow. With --user or --client beside it, only their
grants end, and the module is not remembered.`,
		Example: `  acrhost grants revoke g_…
  acrhost grants revoke --plugin-digest sha256:…   # a module turned out to be bad
  acrhost grants revoke --user alice --client bank-web`,
	}
	path, flags := configFlag(c), newGrantFlags(c)
	dry := c.Flags().Bool("dry-run", false, "say what would be revoked")
	c.RunE = withGrants(path, func(c *cobra.Command, grants *host.Grants, args []string) error {
		if (len(args) == 0) == flags.empty() {
			return errors.New("name grants, or say which by --user, --client or --plugin-digest; not both")
		}
		n := 0
		revoke := func(g store.Grant) error {
			if !g.RevokedAt.IsZero() {
				return nil
			}
			n++
			if *dry {
				fmt.Fprintln(c.OutOrStdout(), g.ID)
				return nil
			}
			return grants.Revoke(c.Context(), g, reasonOf(flags))
		}
		if flags.onlyDigest() && !*dry {
			return revokeModule(c, grants, flags)
		}
		err := revokeThose(c, grants, flags, args, revoke)
		if err != nil && n == 0 {
			return err
		}
		word := "revoked"
		if *dry {
			word = "would revoke"
		}
		fmt.Fprintf(c.OutOrStdout(), "%s %d grants\n", word, n)
		return err
	})
	return c
}

// onlyDigest says that the module is meant, and not some of its grants.
func (f grantFlags) onlyDigest() bool { return *f.digest != "" && *f.user == "" && *f.client == "" }

func revokeModule(c *cobra.Command, grants *host.Grants, flags grantFlags) error {
	if _, err := flags.filter(c, grants); err != nil {
		return err
	}
	n, err := grants.RevokeModule(c.Context(), *flags.digest, reasonOf(flags))
	if err != nil && n == 0 {
		return err
	}
	fmt.Fprintf(c.OutOrStdout(), "revoked %d grants\nno login may rest on %s any more; acrhost grants allow takes that back\n", n, *flags.digest)
	return err
}

func revokeThose(c *cobra.Command, grants *host.Grants, flags grantFlags, ids []string, revoke func(store.Grant) error) error {
	for _, id := range ids {
		g, _, err := grants.Show(c.Context(), id)
		if err == nil {
			err = revoke(g)
		}
		if err != nil {
			return err
		}
	}
	if len(ids) > 0 {
		return nil
	}
	fits, err := flags.filter(c, grants)
	if err != nil {
		return err
	}
	return grants.Each(c.Context(), fits, revoke)
}

func reasonOf(flags grantFlags) string {
	if *flags.digest != "" {
		return "operator: plugin digest " + *flags.digest
	}
	return "operator"
}
