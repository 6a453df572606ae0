package main

import (
	"bufio"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/account/roster"
)

func newUserExport() *cobra.Command {
	c := &cobra.Command{
		Use:   "export",
		Short: "Write all users to standard output, as user import reads them",
		Long: `Export writes all users by name, one a line. Passkeys, authenticator apps and recovery
codes are bound to this host, and stay. With --hashes the password hashes go along:
whoever has them can try passwords at leisure. Names and addresses are what users chose: a
spreadsheet may take one that begins with =, +, - or @ for a formula.`,
		Example: `  acrhost user export > users.jsonl
  acrhost user export --format csv --hashes | age -r age1… > users.csv.age`,
		Args: cobra.NoArgs,
	}
	path := configFlag(c)
	format := c.Flags().String("format", string(roster.JSON), "json, one object a line, or csv")
	hashes := c.Flags().Bool("hashes", false, "with the hashes of passwords")
	c.RunE = withAccounts(path, func(c *cobra.Command, accounts *account.Service, _ []string) error {
		f := roster.Format(*format)
		if f != roster.CSV && f != roster.JSON {
			return fmt.Errorf("--format is %q, must be json or csv", *format)
		}
		w := bufio.NewWriter(c.OutOrStdout())
		count, err := roster.Export(c.Context(), accounts, w, f, *hashes)
		if err := errors.Join(err, w.Flush()); err != nil {
			return err
		}
		fmt.Fprintf(c.ErrOrStderr(), "%d users exported\n", count)
		return nil
	})
	return c
}
