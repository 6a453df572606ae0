package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/account/roster"
)

func newUserImport() *cobra.Command {
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Import users from CSV or JSON, with the password hashes of other systems",
		Long: `Import reads users from a file, or from standard input when FILE is -. All of it is
checked before anything is written, and every fault is listed with its line.

CSV begins with a line that names its columns; JSON is one array of objects, or one object
after the other. The columns or members, of which only name must be there:

  name             the user name
  id               the claim sub, where clients know users by it; a new one otherwise
  email, phone     addresses; email_verified and phone_verified say true or false
  claims           a JSON object: name, given_name, locale, address (an object itself:
                   street_address, locality, region, postal_code, country, formatted), …
  disabled         true: the user can't sign in
  password_hash    argon2id, argon2i ($argon2id$v=19$…), bcrypt ($2a$, $2b$, $2y$), scrypt
                   ($scrypt$ln=16,r=8,p=1$…), PBKDF2 ($pbkdf2-sha256$…, $pbkdf2-sha512$…, or
                   Django's pbkdf2_sha256$…); hashed anew by argon2id at the next login
  change_password  true: the user has to choose another password at the next login
  password         in the clear; refused without --insecure-plain-passwords

A user who exists is a fault, unless --on-conflict says skip or update. An update changes
what the file says and leaves alone what it has no column or member for; an empty
password_hash never removes a password.`,
		Example: `  acrhost user import users.csv --dry-run
  acrhost user import users.jsonl --on-conflict update
  old-system dump | acrhost user import - --format csv`,
		Args: cobra.ExactArgs(1),
	}
	path := configFlag(c)
	format := c.Flags().String("format", "", "csv or json; default: by the file's name")
	conflict := c.Flags().String("on-conflict", string(roster.Fail), "what becomes of users who exist: fail, skip or update")
	dry := c.Flags().Bool("dry-run", false, "check everything, write nothing")
	plain := c.Flags().Bool("insecure-plain-passwords", false, "accept passwords in the clear")
	c.RunE = withAccounts(path, func(c *cobra.Command, accounts *account.Service, args []string) error {
		i := roster.Import{
			Accounts: accounts, Format: roster.Format(*format), Conflict: roster.Conflict(*conflict),
			DryRun: *dry, InsecurePlain: *plain,
		}
		return importUsers(c, i, args[0])
	})
	return c
}

func importUsers(c *cobra.Command, i roster.Import, path string) error {
	if i.Format == "" {
		i.Format = roster.FormatOf(path)
	}
	if i.Format != roster.CSV && i.Format != roster.JSON {
		return fmt.Errorf("the format of %s is not known; --format csv or --format json says it", path)
	}
	switch i.Conflict {
	case roster.Fail, roster.Skip, roster.Update:
	default:
		return fmt.Errorf("--on-conflict is %q, must be fail, skip or update", i.Conflict)
	}
	from, done, err := seekable(c, path)
	if err != nil {
		return err
	}
	defer done()
	name := path
	if path == "-" {
		name = "standard input"
	}
	i.From = from
	i.Fault = func(f roster.Fault) { fmt.Fprintf(c.ErrOrStderr(), "%s:%d: %s\n", name, f.Line, f.Message) }
	i.Progress = progress(c.ErrOrStderr())
	result, err := i.Run(c.Context())
	if err != nil && !errors.Is(err, roster.ErrFaults) && result != (roster.Done{}) {
		return fmt.Errorf("%w\n%s before that; --on-conflict skip goes on from there", err, summary(result))
	}
	if err != nil {
		return err
	}
	text := summary(result)
	if i.DryRun {
		text = "nothing was written; it would be: " + text
	}
	fmt.Fprintln(c.OutOrStdout(), text)
	return nil
}

func summary(d roster.Done) string {
	return fmt.Sprintf("%d added, %d updated, %d skipped", d.Added, d.Updated, d.Skipped)
}

// progress says from time to time how far long work is.
func progress(w io.Writer) func(verb string, rows int) {
	const pause = 2 * time.Second
	last := time.Now()
	return func(verb string, rows int) {
		if time.Since(last) >= pause {
			last = time.Now()
			fmt.Fprintf(w, "%d users %s\n", rows, verb)
		}
	}
}

// seekable opens a file that can be read twice. What can't, such as standard input,
// is copied to a file first that only this user can read, and that is removed.
func seekable(c *cobra.Command, path string) (file io.ReadSeeker, done func(), err error) {
	from := c.InOrStdin()
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, nil, err
		}
		info, err := f.Stat()
		if err != nil {
			return nil, nil, errors.Join(err, f.Close())
		}
		if info.Mode().IsRegular() {
			return f, func() { f.Close() }, nil
		}
		defer f.Close()
		from = f
	}
	kept, err := os.CreateTemp("", "acrhost-import-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a file for what is imported: %w", err)
	}
	done = func() { kept.Close(); os.Remove(kept.Name()) }
	if _, err := io.Copy(kept, from); err != nil {
		done()
		return nil, nil, fmt.Errorf("read %s: %w", path, err)
	}
	if _, err := kept.Seek(0, io.SeekStart); err != nil {
		done()
		return nil, nil, fmt.Errorf("read %s again: %w", path, err)
	}
	return kept, done, nil
}
