package abi

// UpstreamBegin is the request of the capability upstream_begin: begin a login at
// another OpenID Provider, which the operator named. It gives the URL that the step may
// redirect to. NotFound: there is no such provider. UpstreamFault: it does not say how
// it is reached.
type UpstreamBegin struct {
	Provider string `json:"provider"`
	// ACRValues and LoginHint are passed on only where the provider's configuration says
	// so.
	ACRValues []string `json:"acr_values,omitzero"`
	// Prompt is none, or any of login, consent and select_account with spaces between.
	// Where no page may be shown, the host asks for none whatever is said here.
	Prompt string `json:"prompt,omitzero"`
	// MaxAge is how old the login there may be, in seconds. The host holds the answer to
	// it.
	MaxAge    *int64 `json:"max_age,omitzero"`
	LoginHint string `json:"login_hint,omitzero"`
}

// UpstreamBegun is its answer.
type UpstreamBegun struct {
	URL string `json:"url"`
}

// UpstreamFinished is the answer of the capability upstream_finish, whose request says
// nothing: what the browser brought back is the host's to check. A login that holds
// makes the local user the subject, records evidence with the method upstream:PROVIDER,
// and gives the claims, which are in the input of later calls too. NotFound: nothing
// was begun in this run, or it was finished already.
type UpstreamFinished struct {
	OK bool `json:"ok"`
	// Error is why not: an OAuth error code of the provider, such as access_denied or
	// login_required, or one of the host's own below.
	Error  string         `json:"error,omitzero"`
	Claims map[string]any `json:"claims,omitzero"`
	ACR    *string        `json:"acr,omitzero"`
	AMR    []string       `json:"amr,omitzero"`
}

// The errors of UpstreamFinished that no provider sends.
const (
	UpstreamInvalid  = "invalid_answer" // a check of the answer failed
	UpstreamTooOld   = "too_old"        // the login there is older than was asked for
	UpstreamUnlinked = "unlinked"       // no local user belongs to it, or another than the run's
)
