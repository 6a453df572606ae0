package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host"
)

func newClientToken() *cobra.Command {
	c := &cobra.Command{
		Use:   "token",
		Short: "Print an initial access token, with which a client registers itself",
		Long: `Token makes an initial access token (RFC 7591 section 3) for the registration endpoint. It
is printed once and kept as a hash. [registration] says what a client may register as.`,
		Example: `  acrhost client token
  acrhost client token --uses 20 --expires 168h
  curl -H "Authorization: Bearer $(acrhost client token)" -H 'Content-Type: application/json' \
      -d '{"redirect_uris": ["https://app.example.com/cb"]}' https://login.example.com/register`,
		Args: cobra.NoArgs,
	}
	path := configFlag(c)
	uses := c.Flags().Int("uses", 1, "how many clients can register with it")
	expires := c.Flags().Duration("expires", 24*time.Hour, "how long it is good for")
	c.RunE = withClients(path, func(c *cobra.Command, clients *host.Clients, _ []string) error {
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
