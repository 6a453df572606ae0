package selfservice

import (
	"net/url"
	"strings"

	"github.com/acrhost/acrhost/host/form"
)

// The words that notices are kept by in an address. What was added follows the first.
const (
	added         = "added-"
	notAdded      = "not-added"
	renamed       = "renamed"
	removed       = "removed"
	signedIn      = "signed-in"
	sessionEnded  = "session-ended"
	sessionsEnded = "sessions-ended"
	clientRevoked = "client-revoked"
)

// noticeParam is the parameter that holds a notice.
const noticeParam = "notice"

// notice is the parameter that has the next page say something. It is signed for the
// session: a link that somebody sends says nothing in our name.
func (s *Service) notice(sessionKey, word string) url.Values {
	return url.Values{noticeParam: {s.notices().Sign(sessionKey, word)}}
}

func (s *Service) notices() form.Signer {
	return form.Signer{Sealer: s.Sealer, Use: "account notice"}
}

// noticeIn is what a page says of what was just done, or empty.
func (s *Service) noticeIn(q url.Values, v *visitor) string {
	word, ok := s.notices().Open(v.session.Key, q.Get(noticeParam))
	if !ok {
		return ""
	}
	if name, ok := strings.CutPrefix(word, added); ok {
		k, _ := kindNamed(name)
		return k.added
	}
	return map[string]string{
		notAdded: "Nothing was changed.", renamed: "The new name was kept.", removed: "It was removed.",
		signedIn: "You have signed in again and can make changes now.", sessionEnded: "The session was signed out.", sessionsEnded: "All other sessions were signed out.",
		clientRevoked: "The application may not use your account any more.",
	}[word]
}

// done leads to the account, which says what was done.
func (s *Service) done(v *visitor, word string) string {
	return Path + "?" + s.notice(v.session.Key, word).Encode()
}
