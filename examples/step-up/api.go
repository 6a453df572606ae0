// Package stepup is a bank's API that asks for a second factor where money moves.
package stepup

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/acrhost/acrhost/sdk/resource"
)

// API is the resource server, for the tokens of this issuer.
func API(ctx context.Context, issuer string) (http.Handler, error) {
	verifier, err := resource.New(ctx, resource.Config{Issuer: issuer})
	if err != nil {
		return nil, fmt.Errorf("know the provider: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/balance", verifier.Require(resource.Need{})(answer("100")))
	mux.Handle("/transfers", verifier.Require(resource.Need{ACR: []string{"2.0"}, MaxAge: 5 * time.Minute})(answer("done")))
	return mux, nil
}

func answer(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := resource.FromContext(r.Context())
		fmt.Fprintf(w, "%s for %s", text, token.Subject)
	})
}
