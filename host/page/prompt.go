package page

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// TokenField is the name of the form token's field, and ActionField that of the
// button. No field of a step's prompt may begin with an underscore.
const (
	TokenField  = "_token"
	ActionField = "_action"
)

// Prompt is what a step asks, with what the host adds.
type Prompt struct {
	*abi.Prompt
	Journey string // the journey's title
	Client  string // the client's name
	About   About
	Action  string // the path that the form is sent to
	Token   string
	// FormTarget is where the browser may go after the form, beside this origin: an
	// origin, or a scheme with its colon.
	FormTarget string
	// Filled is what fields get from the host, by the field's name.
	Filled map[string]Filled
}

// promptView is what the template prompt shows.
type promptView struct {
	Heading, Journey, Client, Text, Error string
	About                                 About
	Action, Token                         string
	Fields                                []field
	Actions                               []abi.Action
	Passkey                               bool // the first action asks for a passkey
}

// The names and labels that stand in where a step gives none.
const (
	defaultHeading = "Sign in"
	defaultAction  = "submit"
	defaultLabel   = "Continue"
)

// promptTemplate is the template's name.
const promptTemplate = "prompt"

// Prompt shows a step's question. The first action is what Enter means.
func (p *Pages) Prompt(w http.ResponseWriter, _ *http.Request, q Prompt) {
	if body, also, ok := p.kept.page(q, p.makePrompt); ok {
		send(w, http.StatusOK, body, also)
		return
	}
	v, also := q.view()
	p.render(w, http.StatusOK, promptTemplate, v, also)
}

func (p *Pages) makePrompt(q Prompt) ([]byte, policy, error) {
	v, also := q.view()
	body, err := p.execute(promptTemplate, v)
	return body, also, err
}

// view is what the template gets, and what the page may do.
func (q Prompt) view() (promptView, policy) {
	v := promptView{
		Heading: cmp.Or(q.Title, q.Journey, defaultHeading),
		Journey: q.Journey,
		Client:  q.Client,
		About:   q.About.shown(),
		Text:    q.Text,
		Error:   q.Error,
		Action:  q.Action,
		Token:   q.Token,
		Fields:  fields(q.Fields, q.Filled),
		Actions: actions(q.Actions),
	}
	if v.Heading == v.Journey {
		v.Journey = "" // once is enough
	}
	also := policy{formTarget: q.FormTarget, image: v.About.Logo}
	if v.Passkey = slices.ContainsFunc(v.Fields, func(f field) bool { return f.Kind == "passkey" && f.Filled.Options != "" }); v.Passkey {
		also.script = "'self'"
	}
	return v, also
}

func actions(given []abi.Action) []abi.Action {
	if len(given) == 0 {
		return []abi.Action{{Name: defaultAction, Label: defaultLabel}}
	}
	labelled := make([]abi.Action, len(given))
	for i, a := range given {
		labelled[i] = a
		if a.Label == "" && a.Name == defaultAction {
			labelled[i].Label = defaultLabel
		}
		labelled[i].Label = cmp.Or(labelled[i].Label, a.Name)
	}
	return labelled
}
