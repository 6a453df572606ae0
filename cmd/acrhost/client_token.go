package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/store"
)

func newClientToken() *cobra.Command {
	c := &cobra.Command{
		Use:   "token",
		Short: "Print an initial access token, with which a client registers itself",
		Long: `Token makes an initial access token (RFC 7591 section 3) for the registration endpoint. It
is printed once and kept as a hash. [registration] says what a client may register as. One
that is no longer wanted, or in wrong hands, ends with --revoke; who registered with it stays.`,
		Example: `  acrhost client token
  acrhost client token --uses 20 --expires 168h
  acrhost client token --revoke < token
  curl -H "Authorization: Bearer $(acrhost client token)" -H 'Content-Type: application/json' \
      -d '{"redirect_uris": ["https://app.example.com/cb"]}' https://login.example.com/register`,
		Args: cobra.NoArgs,
	}
	path := configFlag(c)
	uses := c.Flags().Int("uses", 1, "how many clients can register with it")
	expires := c.Flags().Duration("expires", 24*time.Hour, "how long it is good for")
	revoke := c.Flags().Bool("revoke", false, "end the token that stands in standard input")
	c.MarkFlagsMutuallyExclusive("revoke", "uses")
	c.MarkFlagsMutuallyExclusive("revoke", "expires")
	c.RunE = withClients(path, func(c *cobra.Command, clients *host.Clients, _ []string) error {
		if *revoke {
			return revokeInitial(c, clients)
		}
		if !clients.Config.Registration.On {
			return fmt.Errorf("%s has no [registration]: nobody can register with a token", *path)
		}
		token, err := clients.NewInitial(c.Context(), *uses, *expires)
		if err != nil {
			return err
		}
		fmt.Fprintln(c.OutOrStdout(), token)
		return nil
	})
	return c
}

// revokeInitial reads the token where no other user of the machine sees it.
func revokeInitial(c *cobra.Command, clients *host.Clients) error {
	const longest = 1024
	text, err := io.ReadAll(io.LimitReader(c.InOrStdin(), longest))
	if err != nil {
		return fmt.Errorf("read the token: %w", err)
	}
	err = clients.RevokeInitial(c.Context(), strings.TrimSpace(string(text)))
	if errors.Is(err, store.ErrNotFound) {
		return errors.New("there is no such token, or it has ended already")
	}
	if err == nil {
		fmt.Fprintln(c.OutOrStdout(), "the token has ended")
	}
	return err
}
