package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/store"
)

func newUserFactors() *cobra.Command {
	c := &cobra.Command{
		Use:   "factors NAME",
		Short: "List what a user signs in with, and when it was last used",
		Long: `Factors lists a user's password, passkeys, authenticator apps and recovery codes, never
what is secret in them, and the addresses to which codes are sent. Times are UTC.`,
		Example: `  acrhost user factors carol`,
		Args:    cobra.ExactArgs(1),
	}
	path := configFlag(c)
	c.RunE = withAccounts(path, func(c *cobra.Command, accounts *account.Service, args []string) error {
		u, err := find(c, accounts, args[0])
		if err != nil {
			return err
		}
		factors, err := accounts.Factors(c.Context(), u.ID)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "KIND\tNAME\tCREATED\tLAST USED\tID")
		for _, f := range factors {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", f.Kind, nameOf(f), when(f.CreatedAt), when(f.LastUsedAt), f.ID)
		}
		writeAddress(w, "email", u.Email, u.EmailVerified)
		writeAddress(w, "phone", u.Phone, u.PhoneVerified)
		return w.Flush()
	})
	return c
}

func nameOf(f account.Factor) string {
	if f.MustChange {
		return strings.TrimSpace(f.Name + " (to be changed at the next login)")
	}
	return f.Name
}

func when(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

func writeAddress(w io.Writer, kind, address string, verified bool) {
	switch {
	case address == "":
	case verified:
		fmt.Fprintf(w, "%s\t%s (verified)\t\t\t\n", kind, address)
	default:
		fmt.Fprintf(w, "%s\t%s (not verified)\t\t\t\n", kind, address)
	}
}

func newUserResetFactor() *cobra.Command {
	c := &cobra.Command{
		Use:   "reset-factor NAME FACTOR",
		Short: "Remove a user's factor, as when a phone is lost",
		Long: `Reset-factor removes a factor: one, by its id as user factors lists it, or all of a kind:
password, passkey, totp, recovery, upstream. It asks first, and leaves an audit event. The user's
sessions end; tokens that applications hold go on until grants revoke ends them.`,
		Example: `  acrhost user reset-factor carol totp
  acrhost user reset-factor carol passkey:3q2-7w --yes`,
		Args: cobra.ExactArgs(2),
	}
	path := configFlag(c)
	yes := c.Flags().Bool("yes", false, "do not ask")
	c.RunE = withAccounts(path, func(c *cobra.Command, accounts *account.Service, args []string) error {
		u, err := find(c, accounts, args[0])
		if err != nil {
			return err
		}
		all, err := accounts.Factors(c.Context(), u.ID)
		if err != nil {
			return err
		}
		chosen, err := choose(u, all, args[1])
		if err != nil {
			return err
		}
		announce(c, u, all, chosen)
		if !*yes {
			if err := confirm(c); err != nil {
				return err
			}
		}
		for _, f := range chosen {
			if err := accounts.RemoveFactor(c.Context(), u.ID, f.ID); err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "removed %s from %s\n", f.ID, u.Name)
		}
		return nil
	})
	return c
}

// choose finds the factors that are meant; none is an error that says what there is.
func choose(u store.User, all []account.Factor, factor string) (chosen []account.Factor, err error) {
	var has []string
	for _, f := range all {
		if f.ID == factor || f.Kind == factor {
			chosen = append(chosen, f)
		}
		has = append(has, f.Kind)
	}
	slices.Sort(has)
	switch has = slices.Compact(has); {
	case len(chosen) > 0:
		return chosen, nil
	case factor == "email" || factor == "phone":
		return nil, fmt.Errorf("%s is an address and no factor; acrhost user import --on-conflict update changes it", factor)
	case len(has) == 0:
		return nil, fmt.Errorf("%s has no factor", u.Name)
	}
	return nil, fmt.Errorf("%s has no factor %q; there is: %s", u.Name, factor, strings.Join(has, ", "))
}

// announce says what is about to be removed, and what that leaves.
func announce(c *cobra.Command, u store.User, all, chosen []account.Factor) {
	for _, f := range chosen {
		fmt.Fprintf(c.ErrOrStderr(), "removing from %s: %s %s, created %s, last used %s\n",
			u.Name, f.Kind, f.ID, when(f.CreatedAt), when(f.LastUsedAt))
	}
	left := slices.ContainsFunc(all, func(f account.Factor) bool {
		return (f.Kind == "password" || f.Kind == "passkey") && !slices.Contains(chosen, f)
	})
	if !left {
		fmt.Fprintf(c.ErrOrStderr(), "%s has neither a password nor a passkey then; acrhost user set-password gives one\n", u.Name)
	}
}

// confirm wants a yes, from a terminal or not: no answer is no.
func confirm(c *cobra.Command) error {
	fmt.Fprint(c.ErrOrStderr(), "Go on? Type yes: ")
	line, err := bufio.NewReader(c.InOrStdin()).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the answer: %w", err)
	}
	if strings.TrimSpace(line) != "yes" {
		return errors.New("nothing was removed: the answer was not yes; --yes goes on without asking")
	}
	return nil
}
