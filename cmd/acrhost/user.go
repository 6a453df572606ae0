package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/store"
)

func newUser() *cobra.Command {
	c := &cobra.Command{Use: "user", Short: "Keep users: add, list, set-password, remove", RunE: needsSubcommand}
	c.AddCommand(newUserAdd(), newUserList(), newUserSetPassword(), newUserRemove())
	return c
}

// withAccounts gives a command the accounts of the configured store.
func withAccounts(path *string, do func(c *cobra.Command, accounts *account.Service, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		cfg, err := config.Load(*path)
		if faults, ok := errors.AsType[config.Faults](err); ok {
			return printFaults(c, faults)
		}
		if err != nil {
			return err
		}
		return host.WithAccounts(c.Context(), cfg, func(_ context.Context, accounts *account.Service) error {
			return do(c, accounts, args)
		})
	}
}

func newUserAdd() *cobra.Command {
	c := &cobra.Command{
		Use:   "add NAME",
		Short: "Add a user; the password is asked for, or read from standard input",
		Example: `  acrhost user add carol --email carol@example.com --phone +15555550103
  pass show carol | acrhost user add carol`,
		Args: cobra.ExactArgs(1),
	}
	path := configFlag(c)
	email := c.Flags().String("email", "", "e-mail `address`")
	phone := c.Flags().String("phone", "", "phone `number`, as +15555550103")
	name := c.Flags().String("full-name", "", "the claim `name`")
	noPassword := c.Flags().Bool("no-password", false, "add the user without a password")
	c.RunE = withAccounts(path, func(c *cobra.Command, accounts *account.Service, args []string) error {
		if err := checkAddresses(*email, *phone); err != nil {
			return err
		}
		user := account.NewUser{Name: args[0], Email: *email, Phone: *phone}
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

func newUserSetPassword() *cobra.Command {
	c := &cobra.Command{
		Use:   "set-password NAME",
		Short: "Set a user's password; it is asked for, or read from standard input",
		Long: `Set-password replaces a user's password. Sessions and refresh tokens that the old one
gave go on until they expire; to lock somebody out at once, remove the account.`,
		Args: cobra.ExactArgs(1),
	}
	path := configFlag(c)
	c.RunE = withAccounts(path, func(c *cobra.Command, accounts *account.Service, args []string) error {
		u, err := find(c, accounts, args[0])
		if err != nil {
			return err
		}
		password, err := readPassword(c)
		if err != nil {
			return err
		}
		if err := accounts.SetPassword(c.Context(), u.ID, password); err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "password of %s set\n", u.Name)
		return nil
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

// readPassword asks twice on a terminal, without echo; otherwise it reads the
// first line of standard input. Never an argument: other users can see those.
func readPassword(c *cobra.Command) (string, error) {
	in, ok := c.InOrStdin().(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		line, err := bufio.NewReader(c.InOrStdin()).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read password from standard input: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	first, err := prompt(c, in, "Password: ")
	if err != nil {
		return "", err
	}
	second, err := prompt(c, in, "Again: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", errors.New("the passwords differ; nothing was changed")
	}
	return first, nil
}

func prompt(c *cobra.Command, in *os.File, text string) (string, error) {
	fmt.Fprint(c.ErrOrStderr(), text)
	b, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(c.ErrOrStderr())
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return string(b), nil
}
