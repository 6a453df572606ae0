package registration

import (
	"errors"
	"fmt"
	"strings"

	"github.com/acrhost/acrhost/host/config"
)

// The error codes of RFC 7591 3.2.2.
const (
	InvalidRedirectURI  = "invalid_redirect_uri"
	InvalidMetadata     = "invalid_client_metadata"
	InvalidStatement    = "invalid_software_statement"
	UnapprovedStatement = "unapproved_software_statement"
	maxDescription      = 300 // bytes
)

// Fault is why a registration is refused. Both texts are for whoever registers.
type Fault struct{ Code, Description string }

func (f *Fault) Error() string { return f.Code + ": " + f.Description }

// fault makes a Fault. What it quotes came from whoever is told.
func fault(code, format string, args ...any) *Fault {
	return &Fault{code, plain(fmt.Sprintf(format, args...))}
}

func invalid(format string, args ...any) *Fault { return fault(InvalidMetadata, format, args...) }

// Refused is the fault that the configuration's rules found in a client's settings; nil
// when the error is another one.
func Refused(err error) *Fault {
	faults, ok := errors.AsType[config.Faults](err)
	if !ok || len(faults) == 0 {
		return nil
	}
	first := faults[0].Message
	if strings.HasPrefix(first, "redirect_uris") {
		return fault(InvalidRedirectURI, "%s", first)
	}
	return invalid("%s", first)
}

// plain is a text as RFC 6749 5.2 allows it in a description, not too long.
func plain(s string) string {
	s = strings.Map(func(c rune) rune {
		switch {
		case c == '"' || c == '\\':
			return '\''
		case c < ' ' || c > '~':
			return '?'
		}
		return c
	}, s)
	return s[:min(len(s), maxDescription)]
}
