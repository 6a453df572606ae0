package capability

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// BeginUpstream begins a login at another OpenID Provider; the step then redirects to
// the URL. NotFound: there is no provider of this name.
func BeginUpstream(ctx *step.Context, request abi.UpstreamBegin) (abi.UpstreamBegun, error) {
	var answer abi.UpstreamBegun
	err := ctx.Invoke("upstream_begin", upstreamBegin, request, &answer)
	return answer, err
}

// FinishUpstream checks what the browser came back with. A login that holds records
// evidence and makes the local user the subject; why one does not is in the answer.
// NotFound: nothing was begun in this run, or it was finished already.
func FinishUpstream(ctx *step.Context) (abi.UpstreamFinished, error) {
	var answer abi.UpstreamFinished
	err := ctx.Invoke("upstream_finish", upstreamFinish, abi.Nothing{}, &answer)
	return answer, err
}
