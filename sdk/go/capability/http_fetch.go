package capability

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// FetchHTTP makes one HTTP request to an origin that the operator's grant names.
// Whatever status the server answers with is an answer, not an error; a redirect is
// not followed.
func FetchHTTP(ctx *step.Context, request abi.HTTPFetch) (abi.HTTPFetched, error) {
	var answer abi.HTTPFetched
	err := ctx.Invoke("http_fetch", httpFetch, request, &answer)
	return answer, err
}
