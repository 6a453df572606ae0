package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/store"
)

func newUser() *cobra.Command {
	c := &cobra.Command{Use: "user", Short: "Keep users: add, list, remove, import, export, passwords, factors", RunE: needsSubcommand}
	c.AddCommand(newUserAdd(), newUserList(), newUserSetPassword(), newUserRemove(),
		newUserImport(), newUserExport(), newUserFactors(), newUserResetFactor(), newUserLink())
	return c
}

// withAccounts gives a command the accounts of the configured store.
func withAccounts(path *string, do func(c *cobra.Command, accounts *account.Service, args []string) error) func(*cobra.Command, []string) error {
	return withStored(path, host.WithAccounts, do)
}

func newUserAdd() *cobra.Command {
	c := &cobra.Command{
		Use:   "add NAME",
		Short: "Add a user; the password is asked for, or read from standard input",
		Example: `  acrhost user add carol --email carol@example.com --phone +15555550103
  pass show carol | acrhost user add carol
  acrhost user add carol --change-password   # carol chooses another one at the first login`,
		Args: cobra.ExactArgs(1),
	}
	path := configFlag(c)
	email := c.Flags().String("email", "", "e-mail `address`")
	phone := c.Flags().String("phone", "", "phone `number`, as +15555550103")
	name := c.Flags().String("full-name", "", "the claim `name`")
	noPassword := c.Flags().Bool("no-password", false, "add the user without a password")
	change := c.Flags().Bool("change-password", false, "the user has to choose another password at the next login")
	c.MarkFlagsMutuallyExclusive("no-password", "change-password")
	c.RunE = withAccounts(path, func(c *cobra.Command, accounts *account.Service, args []string) error {
		if err := checkAddresses(*email, *phone); err != nil {
			return err
		}
		user := account.NewUser{Name: args[0], Email: *email, Phone: *phone, Change: *change}
		if *name != "" {
			user.Claims = map[string]any{"name": *name}
		}
		if !*noPassword {
			password, err := readPassword(c)
			if err != nil {
				return err
			}
			if password == "" {
				return errors.New("the password is empty; --no-password adds a user without one")
			}
			user.Password = password
		}
		u, err := accounts.Create(c.Context(), user)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "added %s (%s)\n", u.Name, u.ID)
		return nil
	})
	return c
}

// checkAddresses refuses what no code could be sent to.
func checkAddresses(email, phone string) error {
	if email != "" {
		if err := deliver.CheckAddress(deliver.Email, email); err != nil {
			return fmt.Errorf("--email %q: %w", email, err)
		}
	}
	if phone != "" {
		if err := deliver.CheckAddress(deliver.SMS, phone); err != nil {
			return fmt.Errorf("--phone %q: %w", phone, err)
		}
	}
	return nil
}

// find is a user by name; the error names it.
func find(c *cobra.Command, accounts *account.Service, name string) (store.User, error) {
	u, err := accounts.Find(c.Context(), name)
	if err != nil {
		return store.User{}, fmt.Errorf("user %q: %w", name, err)
	}
	return u, nil
}

func newUserList() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List the users", Args: cobra.NoArgs}
	path := configFlag(c)
	c.RunE = withAccounts(path, func(c *cobra.Command, accounts *account.Service, _ []string) error {
		const page = 100
		w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "NAME\tE-MAIL\tPHONE\tID")
		for after := ""; ; {
			users, err := accounts.List(c.Context(), after, page)
			if err != nil {
				return err
			}
			for _, u := range users {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", u.Name, u.Email, u.Phone, u.ID)
			}
			if len(users) < page {
				return w.Flush()
			}
			after = users[len(users)-1].Name
		}
	})
	return c
}

func newUserRemove() *cobra.Command {
	c := &cobra.Command{Use: "remove NAME", Short: "Remove a user and all their credentials", Args: cobra.ExactArgs(1)}
	path := configFlag(c)
	c.RunE = withAccounts(path, func(c *cobra.Command, accounts *account.Service, args []string) error {
		u, err := find(c, accounts, args[0])
		if err != nil {
			return err
		}
		if err := accounts.Remove(c.Context(), u.ID); err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "removed %s\n", u.Name)
		return nil
	})
	return c
}
