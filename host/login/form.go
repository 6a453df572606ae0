package login

import (
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/page"
)

// maxForm bounds what a browser may send, in bytes.
const maxForm = 64 << 10

// submission is a form that was sent.
type submission struct {
	token  string
	answer journey.Answer
}

// readForm reads a posted form. What is in it is the user's word: the engine
// takes from it only what the prompt asked for.
func readForm(w http.ResponseWriter, r *http.Request) (submission, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return submission{}, badForm(http.StatusUnsupportedMediaType, errors.New("not a form"))
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return submission{}, badForm(http.StatusRequestEntityTooLarge, err)
		}
		return submission{}, badForm(http.StatusBadRequest, err)
	}
	// PostForm, not Form: an answer in the address would end up in logs.
	s := submission{
		token:  r.PostForm.Get(page.TokenField),
		answer: journey.Answer{Form: map[string]string{}, Action: r.PostForm.Get(page.ActionField)},
	}
	for name := range r.PostForm {
		if !strings.HasPrefix(name, "_") {
			s.answer.Form[name] = strings.ToValidUTF8(r.PostForm.Get(name), "\uFFFD")
		}
	}
	return s, nil
}
