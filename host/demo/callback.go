package demo

import (
	"errors"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"
)

// finishLogin takes the provider's answer: it belongs to a login of this browser,
// it comes from the right issuer, and then it is an error or a code.
func (d *Demo) finishLogin(w http.ResponseWriter, r *http.Request) {
	answer := r.URL.Query()
	a, ok := begun(r, answer.Get("state"))
	if !ok {
		d.fail(w, http.StatusBadRequest, View{}, Failure{
			Title:       "This answer belongs to no login of this browser",
			Description: "It was used already, took too long, or was begun elsewhere. Sign in again.",
		})
		return
	}
	d.drop(w, a)
	provider, err := d.discover(r.Context())
	if err != nil {
		d.broken(w, r, a, err)
		return
	}
	if err := checkIssuer(provider, d.Issuer, answer); err != nil {
		d.broken(w, r, a, err)
		return
	}
	if answer.Has("error") {
		d.fail(w, http.StatusOK, viewOf(a), Failure{
			Title: "The provider answered with an error", Code: answer.Get("error"), Description: answer.Get("error_description"),
		})
		return
	}
	result, err := d.redeem(r.Context(), provider, a, answer.Get("code"))
	if err != nil {
		d.broken(w, r, a, err)
		return
	}
	view := viewOf(a)
	view.Result = result
	d.render(w, http.StatusOK, view)
}

// claimer is a provider's discovery document.
type claimer interface{ Claims(into any) error }

// checkIssuer refuses an answer of another provider (RFC 9207 2.4): without this,
// one provider could pass off its answer as another's.
func checkIssuer(discovery claimer, issuer string, answer url.Values) error {
	var metadata struct {
		Promised bool `json:"authorization_response_iss_parameter_supported"`
	}
	if err := discovery.Claims(&metadata); err != nil {
		return err
	}
	given := answer["iss"]
	if len(given) == 0 && !metadata.Promised {
		return nil
	}
	if len(given) != 1 || given[0] != issuer {
		return errors.New("the answer names another issuer, or none")
	}
	return nil
}

// broken shows that something between the demo and the provider does not work.
// What the provider said is shown; the demo's own words go into the log.
func (d *Demo) broken(w http.ResponseWriter, r *http.Request, a attempt, err error) {
	d.Log.ErrorContext(r.Context(), "demo login failed", "client", a.Client, "error", err)
	failure := Failure{
		Title:       "The login could not be finished",
		Description: "The provider could not be reached, or its answer did not pass a check. The log says more.",
	}
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.ErrorCode != "" {
		failure.Title = "The provider refused the code"
		failure.Code, failure.Description = refused.ErrorCode, refused.ErrorDescription
	}
	d.fail(w, http.StatusBadGateway, viewOf(a), failure)
}
