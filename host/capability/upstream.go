package capability

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/upstream"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// UpstreamFinish is the capability by which a step signs a user in by another provider.
const UpstreamFinish = "upstream_finish"

// Upstream is what capabilities need of other providers.
type Upstream struct {
	Providers map[string]*upstream.Provider // by name
	Waiting   *upstream.Waiting
}

// upstreamBegin begins a login at another provider, for this run. Only the URL that it
// gives may the step redirect to.
func (c *Call) upstreamBegin(ctx context.Context, q abi.UpstreamBegin) (abi.UpstreamBegun, error) {
	provider, ok := c.set.Upstream.Providers[q.Provider]
	if !ok {
		return abi.UpstreamBegun{}, notFound("there is no upstream provider of this name")
	}
	ask := c.asked(q)
	if !c.info.Interactive {
		ask.Prompt = "none" // the other side must not ask either
	}
	address, pending, err := provider.Begin(ctx, ask)
	if errors.Is(err, upstream.ErrAsk) {
		return abi.UpstreamBegun{}, badRequest(err.Error())
	}
	if err != nil {
		return abi.UpstreamBegun{}, fmt.Errorf("begin a login at %s: %w", q.Provider, err)
	}
	if err := c.set.Upstream.Waiting.Keep(ctx, c.info.Run, pending); err != nil {
		return abi.UpstreamBegun{}, err
	}
	c.redirects = append(c.redirects, address)
	return abi.UpstreamBegun{URL: address}, nil
}

// asked is what a step asks a provider for, and no less than the client asked for of how
// old the login may be: the host does not rely on a module to hand that on.
func (c *Call) asked(q abi.UpstreamBegin) upstream.Ask {
	ask := upstream.Ask{ACRValues: q.ACRValues, Prompt: q.Prompt, MaxAge: q.MaxAge, LoginHint: q.LoginHint}
	if limit := c.info.MaxAge; limit != nil && (ask.MaxAge == nil || *ask.MaxAge > *limit) {
		ask.MaxAge = limit
	}
	if c.info.Login || ask.MaxAge != nil && *ask.MaxAge == 0 || slices.Contains(c.info.Anew, q.Provider) {
		return anew(ask)
	}
	return ask
}

// anew asks for a login that begins now: the one that the provider remembers is older
// than the client or an acr level allows. max_age=0 says the same where prompt can't (OpenID Connect
// Core 3.1.2.1).
func anew(ask upstream.Ask) upstream.Ask {
	if prompts := strings.Fields(ask.Prompt); !slices.Contains(prompts, "login") {
		ask.Prompt = strings.Join(append([]string{"login"}, prompts...), " ")
	}
	ask.MaxAge = new(int64(0))
	return ask
}

// upstreamFinish checks what the browser brought back, and makes the local user the
// subject.
func (c *Call) upstreamFinish(ctx context.Context, _ abi.Nothing) (abi.UpstreamFinished, error) {
	pending, answer, err := c.set.Upstream.Waiting.Take(ctx, c.info.Run)
	if errors.Is(err, store.ErrNotFound) || err == nil && answer == nil {
		return abi.UpstreamFinished{}, notFound("nothing came back for this run")
	}
	if err != nil {
		return abi.UpstreamFinished{}, err
	}
	provider, ok := c.set.Upstream.Providers[pending.Provider]
	if !ok {
		return abi.UpstreamFinished{}, notFound("the upstream provider is gone")
	}
	login, err := provider.Finish(ctx, pending, *answer)
	if refused, ok := errors.AsType[*upstream.Refused](err); ok {
		return c.refusedUpstream(ctx, provider.Name, refused), nil
	}
	if err != nil {
		return abi.UpstreamFinished{}, fmt.Errorf("finish a login at %s: %w", provider.Name, err)
	}
	found, err := c.local(ctx, provider, login)
	if refused, ok := errors.AsType[*upstream.Refused](err); ok {
		return c.refusedUpstream(ctx, provider.Name, refused), nil
	}
	if err != nil {
		return abi.UpstreamFinished{}, err
	}
	return c.provedUpstream(ctx, provider.Name, login, found), nil
}

// refusedUpstream tells the step no more than a word.
func (c *Call) refusedUpstream(ctx context.Context, provider string, r *upstream.Refused) abi.UpstreamFinished {
	c.set.Log.InfoContext(ctx, "upstream login refused", "provider", provider, "run", c.info.Run, "step", c.info.Step, "code", r.Code, "reason", r.Reason)
	c.audit(ctx, "upstream.failed", c.whoever(), map[string]any{"provider": provider, "code": r.Code, "reason": r.Reason})
	return abi.UpstreamFinished{Error: r.Code}
}

// local is the user here who belongs to a login there. Once the run is about somebody,
// it must be them: another's login must not end theirs.
func (c *Call) local(ctx context.Context, p *upstream.Provider, l *upstream.Login) (account.Found, error) {
	who := account.Upstream{Provider: p.Name, Issuer: l.Issuer, Subject: l.Subject, Email: l.Email, Claims: l.Claims}
	rule := account.UpstreamRule{ByEmail: p.Link == config.LinkEmail, Create: p.Create}
	subject := c.current()
	if subject != nil {
		rule = account.UpstreamRule{} // nobody is linked or made by a login that may not count
	}
	found, err := c.set.Accounts.ByUpstream(ctx, who, rule)
	switch {
	case errors.Is(err, account.ErrUnlinked):
		return found, &upstream.Refused{Code: abi.UpstreamUnlinked, Reason: "no user here belongs to this login"}
	case err != nil:
		return found, fmt.Errorf("find the user of a login at %s: %w", p.Name, err)
	case found.Disabled:
		return found, &upstream.Refused{Code: abi.UpstreamUnlinked, Reason: "the user is disabled"}
	case subject != nil && subject.ID != found.ID:
		return found, &upstream.Refused{Code: abi.UpstreamUnlinked, Reason: "the run is about another user"}
	}
	return found, nil
}

// provedUpstream records the login as evidence, as of the time that the provider says.
func (c *Call) provedUpstream(ctx context.Context, provider string, l *upstream.Login, found account.Found) abi.UpstreamFinished {
	c.become(found.User)
	said := abi.Upstream{Claims: l.Claims, ACR: l.ACR, AMR: l.AMR}
	c.prove("upstream:"+provider, l.AMR...)
	last := &c.evidence[len(c.evidence)-1]
	last.Upstream = &journey.Brought{Upstream: said, Provider: provider, Static: l.Static}
	if !l.AuthTime.IsZero() {
		last.At = l.AuthTime // a time to come is put right by the journey
	}
	if c.upstream == nil {
		c.upstream = map[string]abi.Upstream{}
	}
	c.upstream[provider] = said
	if found.How != "" {
		c.audit(ctx, "upstream.linked", found.ID, map[string]any{"provider": provider, "by": found.How})
	}
	return abi.UpstreamFinished{OK: true, Claims: l.Claims, ACR: l.ACR, AMR: l.AMR}
}

// Upstream are the claims that this call fetched, by provider.
func (c *Call) Upstream() map[string]abi.Upstream { return c.upstream }
