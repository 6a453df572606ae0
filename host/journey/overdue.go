package journey

import (
	"slices"
	"time"
)

// clockSkew is how far a provider's clock may be behind ours: a login that it was asked to
// make anew, and says is that much older than the run, is taken for the new one. Package
// upstream allows as much.
const clockSkew = time.Minute

// outlived begins the journey anew without evidence that is older than the request allows,
// and says whether there was such: of the session, which counted when the run began and
// has grown too old while it was under way, and logins at other providers, which may have
// been old when the user came back from there. Those providers are asked for new ones.
func (c *course) outlived() bool {
	old := c.overdue()
	if old == nil {
		return false
	}
	there := func(e Evidence) bool { return !e.Session && old(e) }
	return c.without(old, c.anew(there, c.run.Evid))
}

// overdue tells what of the evidence is older than prompt=login and max_age allow (OpenID
// Connect Core 3.1.2.1); nil: the request says nothing of it. What was verified in this run
// counts: it is later than the request.
func (c *course) overdue() func(Evidence) bool {
	q, now := c.run.Request, c.engine.now()
	login := slices.Contains(q.Prompt, promptLogin)
	if q.MaxAge == nil && !login {
		return nil
	}
	return func(e Evidence) bool {
		switch {
		case !e.Session && (e.Upstream == nil || !e.At.Before(c.newFrom(e.Upstream.Provider))):
			return false
		case login && !e.Session: // what of the session counts under it, the caller has decided
			return true
		}
		return q.MaxAge != nil && now.Sub(e.At).Seconds() > float64(*q.MaxAge)
	}
}

// newFrom is the time from which on a login at a provider is one of this run: its start, in
// the whole seconds of auth_time.
func (c *course) newFrom(provider string) time.Time {
	q, from := c.run.Request, c.run.StartedAt.Truncate(time.Second)
	if slices.Contains(q.Prompt, promptLogin) || q.MaxAge != nil && *q.MaxAge == 0 || slices.Contains(c.run.Anew, provider) {
		return from.Add(-clockSkew)
	}
	return from
}

// promptLogin is the value of prompt that asks for a new login.
const promptLogin = "login"

// disobeyed says that a provider has signed the user in by an older login than the request
// allows, although it was asked for a new one.
func (c *course) disobeyed() bool {
	old := c.overdue()
	return old != nil && slices.ContainsFunc(c.run.Evid, old)
}
