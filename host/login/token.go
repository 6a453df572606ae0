package login

import (
	"strconv"

	"github.com/acrhost/acrhost/host/form"
)

// formToken is what a prompt's form carries: the prompt's number, authenticated
// for this run and this browser. Another site can't know it, so that it can't
// send a form in the user's name (CSRF); and a form of an earlier prompt is told
// from a forged one.
func (f *Flow) formToken(s *state) string {
	return f.signer().Sign(tokenOwner(s), strconv.Itoa(s.Sequence))
}

// sequenceOf is the number of the prompt that a token was made for.
func (f *Flow) sequenceOf(s *state, token string) (int, bool) {
	number, ok := f.signer().Open(tokenOwner(s), token)
	if !ok {
		return 0, false
	}
	sequence, err := strconv.Atoi(number)
	return sequence, err == nil
}

func (f *Flow) signer() form.Signer { return form.Signer{Sealer: f.Sealer, Use: "login form"} }

func tokenOwner(s *state) string { return s.id + " " + s.Browser }
