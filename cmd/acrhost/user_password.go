package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/acrhost/acrhost/host/account"
)

func newUserSetPassword() *cobra.Command {
	c := &cobra.Command{
		Use:   "set-password NAME",
		Short: "Set a user's password; it is asked for, or read from standard input",
		Long: `Set-password replaces a user's password and ends their sessions. Tokens that
applications hold go on: acrhost grants revoke --user NAME ends those.`,
		Example: `  acrhost user set-password carol
  acrhost user set-password carol --change   # for a while: carol chooses another one at the next login`,
		Args: cobra.ExactArgs(1),
	}
	path := configFlag(c)
	change := c.Flags().Bool("change", false, "the user has to choose another password at the next login")
	c.RunE = withAccounts(path, func(c *cobra.Command, accounts *account.Service, args []string) error {
		u, err := find(c, accounts, args[0])
		if err != nil {
			return err
		}
		password, err := readPassword(c)
		if err != nil {
			return err
		}
		set, then := accounts.SetPassword, ""
		if *change {
			set, then = accounts.SetTemporaryPassword, "; to be changed at the next login"
		}
		if err := set(c.Context(), u.ID, password); err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "password of %s set%s\n", u.Name, then)
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
