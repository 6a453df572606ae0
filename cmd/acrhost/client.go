package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/relying"
	"github.com/acrhost/acrhost/host/store"
)

func newClient() *cobra.Command {
	c := &cobra.Command{
		Use:   "client",
		Short: "Keep clients that are not in the configuration: add, list, show, remove, token",
		Long: `Client keeps relying parties in the store, beside those of the configuration. A host that
runs meanwhile sees each change within two seconds. What such a client may do is written
under the names of a [[clients]] table and held to the same rules, whenever it is used; the
id of a client of the configuration is never another's.`,
		RunE: needsSubcommand,
	}
	c.AddCommand(newClientAdd(), newClientList(), newClientShow(), newClientRemove(), newClientToken())
	return c
}

// withClients gives a command the clients of the configured store.
func withClients(path *string, do func(c *cobra.Command, clients *host.Clients, args []string) error) func(*cobra.Command, []string) error {
	return withStored(path, host.WithClients, do)
}

// refused says what is wrong with a client's settings, a line each: they stand in no file.
func refused(c *cobra.Command, id string, err error) error {
	switch faults, ok := errors.AsType[config.Faults](err); {
	case errors.Is(err, relying.ErrConfigured):
		return fmt.Errorf("client %q: %w: change it there", id, err)
	case errors.Is(err, store.ErrConflict):
		return fmt.Errorf("client %q is there already; acrhost client remove takes it away, and all that it was granted", id)
	case !ok:
		return err
	default:
		for _, f := range faults {
			line := f.Message
			if f.Hint != "" {
				line += " (hint: " + f.Hint + ")"
			}
			fmt.Fprintln(c.ErrOrStderr(), line)
		}
		return fmt.Errorf("client %q was refused", id)
	}
}

func newClientList() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List the clients of the store", Args: cobra.NoArgs, Example: "  acrhost client list\n  acrhost client list --json"}
	path := configFlag(c)
	asJSON := c.Flags().Bool("json", false, "print JSON, one client a line")
	c.RunE = withClients(path, func(c *cobra.Command, clients *host.Clients, _ []string) error {
		w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		if !*asJSON {
			fmt.Fprintln(w, "CLIENT\tNAME\tBY\tPROVES ITSELF BY\tADDED\tSTATE")
		}
		err := clients.Each(c.Context(), func(one relying.Client, err error) error {
			if *asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(describeClient(clients, one, err))
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", one.ID, one.Config.Name, addedBy(one), one.Config.TokenEndpointAuthMethod, moment(one.CreatedAt), usable(err))
			return nil
		})
		return errors.Join(err, w.Flush())
	})
	return c
}

func addedBy(c relying.Client) string {
	if c.Registered {
		return "itself"
	}
	return "operator"
}

func usable(err error) string {
	if err == nil {
		return "in use"
	}
	return "can't be used"
}

// describeClient is a client as JSON: its settings, and what else is known of it. Hashes
// are nobody's concern.
func describeClient(clients *host.Clients, c relying.Client, err error) map[string]any {
	all, unread := clients.Settings(c.Client)
	if unread != nil {
		all = map[string]any{} // without them, the rest is still worth showing
	}
	maps.Copy(all, map[string]any{
		"client_id": c.ID, "added_by": addedBy(c), "has_secret": len(c.SecretHash) > 0,
		"created_at": moment(c.CreatedAt), "updated_at": moment(c.UpdatedAt), "state": usable(err),
	})
	if err != nil {
		all["reason"] = err.Error()
	}
	return all
}

func newClientShow() *cobra.Command {
	c := &cobra.Command{
		Use: "show CLIENT", Short: "Show a client of the store, without its secret", Args: cobra.ExactArgs(1),
		Example: "  acrhost client show shop\n  acrhost client show shop --json",
	}
	path := configFlag(c)
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.RunE = withClients(path, func(c *cobra.Command, clients *host.Clients, args []string) error {
		row, err := clients.Store.Client(c.Context(), args[0])
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("client %q is not in the store; one of the configuration stands there, and acrhost client list has the others", args[0])
		}
		if err != nil {
			return fmt.Errorf("client %q in the store: %w", args[0], err)
		}
		one, unusable := clients.Read(row)
		one.Client = row
		all := describeClient(clients, one, unusable)
		if *asJSON {
			e := json.NewEncoder(c.OutOrStdout())
			e.SetIndent("", "  ")
			return e.Encode(all)
		}
		return printMembers(c, all)
	})
	return c
}

// printMembers prints an object's members, a line each, sorted.
func printMembers(c *cobra.Command, all map[string]any) error {
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(w, "%s\t%s\n", key, inLine(all[key]))
	}
	return w.Flush()
}

func inLine(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []any:
		texts := make([]string, len(v))
		for i, each := range v {
			texts[i] = inLine(each)
		}
		return strings.Join(texts, " ")
	}
	text, _ := json.Marshal(value) // it came from JSON
	return string(text)
}

func newClientRemove() *cobra.Command {
	c := &cobra.Command{
		Use: "remove CLIENT", Short: "Remove a client of the store and end all that it was granted", Args: cobra.ExactArgs(1),
		Long: `Remove takes a client out of the store, with all consents to it, and ends its grants: codes
and refresh tokens stop working at once, access tokens introspect as inactive. A host that
runs begins no login for it any more after two seconds.`,
		Example: "  acrhost client remove shop",
	}
	path := configFlag(c)
	c.RunE = withClients(path, func(c *cobra.Command, clients *host.Clients, args []string) error {
		n, err := clients.Remove(c.Context(), args[0])
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("client %q is not in the store; one of the configuration is removed there", args[0])
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "removed %s, ended %d grants\n", args[0], n)
		return nil
	})
	return c
}
