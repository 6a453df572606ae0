package login

import (
	"errors"
	"net/http"
	"strings"

	"github.com/acrhost/acrhost/host/form"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/page"
)

// submission is a form that was sent.
type submission struct {
	token  string
	answer journey.Answer
}

// readForm reads a posted form. What is in it is the user's word: the engine
// takes from it only what the prompt asked for.
func readForm(w http.ResponseWriter, r *http.Request) (submission, error) {
	fields, err := form.Read(w, r)
	if unread, ok := errors.AsType[*form.ReadError](err); ok {
		return submission{}, badForm(unread.Status, unread.Cause)
	}
	if err != nil {
		return submission{}, err
	}
	s := submission{
		token:  fields.Get(page.TokenField),
		answer: journey.Answer{Form: map[string]string{}, Action: fields.Get(page.ActionField)},
	}
	for name := range fields {
		if !strings.HasPrefix(name, "_") {
			s.answer.Form[name] = strings.ToValidUTF8(fields.Get(name), "\uFFFD")
		}
	}
	return s, nil
}
